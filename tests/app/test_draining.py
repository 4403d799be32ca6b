"""A service that is asked to end takes no new call and lets the live ones finish: twenty of them."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.deployment import free_port
from voicebot.app import draining
from voicebot.app.draining import DrainingServer

CALLS = 20
LONG_S = 60.0


def answering() -> FastAPI:
    """Says what it hears, as a call does."""
    app = FastAPI()

    @app.websocket("/call")
    async def call(socket: WebSocket) -> None:
        await socket.accept()
        try:
            while True:
                await socket.send_text(await socket.receive_text())
        except WebSocketDisconnect:
            pass

    @app.get("/health")
    async def health() -> str:
        return "ok"

    return app


@asynccontextmanager
async def served(drain_s: float) -> AsyncIterator[tuple[DrainingServer, int, asyncio.Task[None]]]:
    port = free_port()
    config = uvicorn.Config(answering(), port=port, log_config=None, timeout_graceful_shutdown=1)
    server = DrainingServer(config, drain_s)
    running = asyncio.create_task(server.serve())
    async with asyncio.timeout(20):
        while not server.started:  # noqa: ASYNC110 - uvicorn tells nobody
            await asyncio.sleep(0.01)
    try:
        yield server, port, running
    finally:
        server.should_exit = server.force_exit = True
        await running


async def called(port: int) -> list[ClientConnection]:
    return [await connect(f"ws://127.0.0.1:{port}/call") for _ in range(CALLS)]


async def refused(port: int) -> None:
    """Until nobody reaches the service any more."""
    async with asyncio.timeout(10), httpx.AsyncClient() as client:
        while True:
            try:
                await client.get(f"http://127.0.0.1:{port}/health")
            except httpx.TransportError:
                return
            await asyncio.sleep(0.01)


async def test_twenty_calls_finish_while_no_new_one_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draining, "_LOOK_S", 0.01)
    async with served(drain_s=LONG_S) as (server, port, running):
        calls = await called(port)
        server.should_exit = True  # what a SIGTERM sets
        await refused(port)
        for number, call in enumerate(calls):
            await call.send(f"answer {number}")
            assert await call.recv() == f"answer {number}", "it goes on"
        assert not running.done()
        for call in calls:
            await call.close()
        async with asyncio.timeout(10):
            await running


async def test_what_is_not_over_in_time_is_closed_and_goes_on_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(draining, "_LOOK_S", 0.01)
    async with served(drain_s=0.05) as (server, port, running):
        calls = await called(port)
        server.should_exit = True
        async with asyncio.timeout(10):
            for call in calls:
                with pytest.raises(ConnectionClosed):
                    await call.recv()
            await running


async def test_a_second_signal_ends_it_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draining, "_LOOK_S", 0.01)
    async with served(drain_s=LONG_S) as (server, port, running):
        await called(port)
        for _ in range(2):
            server.handle_exit(signal.SIGTERM, None)
        server._captured_signals.clear()  # uvicorn raises them again in the end, in this very process
        async with asyncio.timeout(10):
            await running

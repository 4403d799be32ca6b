"""SIGTERM as on a telephone exchange: no new calls, live ones finish, whatever is left goes on elsewhere."""

from __future__ import annotations

import asyncio
import socket
from types import FrameType
from typing import Final

import structlog
import uvicorn

log = structlog.get_logger()

#: Seconds between looks whether the last call is over.
_LOOK_S: Final = 0.1
_TWICE: Final = 2
_SOCKETS: Final = "uvicorn.protocols.websockets"


class DrainingServer(uvicorn.Server):
    """A server that, asked to end, lets its open sockets finish for up to `drain_s` seconds.

    Nobody reaches it any more meanwhile, so the proxy sends everything else to another service. A second
    signal ends it at once.
    """

    def __init__(self, config: uvicorn.Config, drain_s: float) -> None:
        super().__init__(config)
        self._drain_s, self._told = drain_s, 0

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal came; the second one is an order."""
        self._told += 1
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, wait for the calls, then end as uvicorn does."""
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            if not _is_call(connection):
                connection.shutdown()
        log.info("draining", calls=self._calls(), within_s=self._drain_s)
        loop = asyncio.get_running_loop()
        end = loop.time() + self._drain_s
        while self._calls() and loop.time() < end and self._told < _TWICE:  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(_LOOK_S)
        log.info("drained", calls=self._calls())
        await super().shutdown(sockets)

    def _calls(self) -> int:
        return sum(map(_is_call, self.server_state.connections))


def _is_call(connection: object) -> bool:
    """Whether it is an open audio socket."""
    return type(connection).__module__.startswith(_SOCKETS)

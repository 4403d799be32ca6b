"""The audio socket of the voice studio."""

from __future__ import annotations

import structlog
from fastapi import APIRouter, WebSocket

from voicebot.channels.media.messages import Start
from voicebot.channels.media.stream import POLICY_VIOLATION, SocketLine, Talk, serve
from voicebot.channels.service import Service
from voicebot.channels.studio.conversation import StudioConversation
from voicebot.channels.studio.dialogue import StudioTalk
from voicebot.channels.voice.twiml import STUDIO_STREAM_PATH, socket_address
from voicebot.telephony.signature import Signature

log = structlog.get_logger()


async def begin_studio(service: Service, line: SocketLine, start: Start) -> Talk:
    """Somebody records their voice."""
    recording, person = service.recording, start.custom_parameters.get("person", "")
    talk = StudioTalk(person, recording.studio, recording.codes, recording.audit, service.prompts)
    conversation = StudioConversation(talk, line, service.speech.voice)
    await conversation.begin()
    return conversation


def routes(service: Service, signature: Signature) -> APIRouter:
    """The audio socket at `STUDIO_STREAM_PATH`."""
    router = APIRouter()
    address = socket_address(service.public_url, STUDIO_STREAM_PATH)

    @router.websocket(STUDIO_STREAM_PATH)
    async def stream(socket: WebSocket) -> None:
        if not signature.valid_socket(address, socket.headers.get("x-twilio-signature", "")):
            log.warning("studio stream refused: the signature is wrong or missing")
            await socket.close(POLICY_VIOLATION)
            return
        await socket.accept()
        await serve(service, socket, begin=begin_studio)

    return router

"""What people send with their texts: voice messages are heard, pictures go to a mediator who is wanted."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog

from voicebot.errors import AudioError, MediaRefused, PackageError, RecognizerLost, TwilioUnreachable
from voicebot.pools import Pool
from voicebot.speech.stt.recognizer import Expected, Recognizer, Transcript
from voicebot.speech.voice_message import decoded
from voicebot.store.pictures import Picture, Pictures, kind_of
from voicebot.telephony.media import MediaSource, NoMedia

log = structlog.get_logger()

#: Decoding what strangers send takes threads of its own.
_DECODING: Final = Pool("decoding", 4)
#: What can go wrong with a file; the person hears a sentence for it.
_TROUBLES: Final = (MediaRefused, TwilioUnreachable, AudioError, PackageError, RecognizerLost)


@dataclass(frozen=True)
class Attachment:
    """One file that came with a text: where it is fetched, and what its sender's telephone calls it."""

    url: str
    kind: str

    @property
    def is_sound(self) -> bool:
        """Whether it is a voice message."""
        return self.kind.startswith("audio/")


@dataclass(frozen=True)
class Attachments:
    """Fetches, hears and keeps them. Without a `recognizer` voice messages are not heard."""

    pictures: Pictures
    media: MediaSource = field(default_factory=NoMedia)
    recognizer: Recognizer | None = None

    async def heard(self, sent: Sequence[Attachment], expected: Expected) -> Transcript:
        """What the first voice message says; nothing if it cannot be had or nobody speaks in it."""
        sound = next((one for one in sent if one.is_sound), None)
        if sound is None or self.recognizer is None:
            return Transcript()
        try:
            data = await self.media.fetch(sound.url)
            return await _DECODING.run(lambda: _heard(self.recognizer, data, sound.kind, expected))
        except _TROUBLES as error:
            log.warning("voice message not heard", error=type(error).__name__)
            return Transcript()
        finally:
            await self.media.delete(sound.url)

    async def seen(self, message_id: str, at: float, sent: Sequence[Attachment], words: str) -> list[Picture]:
        """The pictures among them, with the words that came along; none that is not what it says."""
        told = [one for one in sent if not one.is_sound]
        found = await asyncio.gather(*(self._fetched(one) for one in told))
        pictures = []
        for number, data in enumerate(found):
            kind = kind_of(data) if data else None
            if data and kind:
                pictures.append(Picture(f"{message_id}-{number}", at, kind, data, "" if number else words))
        return pictures

    async def _fetched(self, one: Attachment) -> bytes | None:
        try:
            return await self.media.fetch(one.url)
        except _TROUBLES as error:
            log.warning("picture not fetched", error=type(error).__name__)
            return None
        finally:
            await self.media.delete(one.url)


def _heard(recognizer: Recognizer | None, data: bytes, kind: str, expected: Expected) -> Transcript:
    if recognizer is None:
        return Transcript()
    stream = recognizer.start(expected)
    stream.accept(decoded(data, kind))
    return stream.finish()

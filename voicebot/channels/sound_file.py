"""Sound as a file that Twilio can play, and its name."""

from __future__ import annotations

import hashlib
import hmac

from voicebot.speech.audio import SILENT_FRAME, TELEPHONE_HZ, decode, wav_bytes


def wav(mulaw: bytes) -> bytes:
    """A WAV file of μ-law bytes: 8 kHz, mono, 16-bit PCM, from which Twilio makes the same μ-law again."""
    return wav_bytes(decode(mulaw), TELEPHONE_HZ)


def silence(milliseconds: int) -> bytes:
    """μ-law silence."""
    return SILENT_FRAME[:1] * (TELEPHONE_HZ * milliseconds // 1000)


def token(mulaw: bytes, key: str) -> str:
    """The name of a sound: 32 hex characters that follow from it and that nobody without `key` can guess.

    A bare hash would do for fixed prompts, but a telephone number read back is found by making all of them.
    """
    return hmac.new(key.encode(), mulaw, hashlib.sha256).hexdigest()[:32]

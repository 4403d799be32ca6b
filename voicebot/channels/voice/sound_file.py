"""Sound as a file that Twilio can play, and its name."""

from __future__ import annotations

import hashlib
import hmac

from voicebot.speech.audio import SILENT_FRAME, TELEPHONE_HZ, decode, wav_bytes


def wav(mulaw: bytes) -> bytes:
    """A WAV file of μ-law bytes: 8 kHz, mono, 16-bit PCM, which Twilio converts back to the same μ-law."""
    return wav_bytes(decode(mulaw), TELEPHONE_HZ)


def silence(milliseconds: int) -> bytes:
    """μ-law silence."""
    return SILENT_FRAME[:1] * (TELEPHONE_HZ * milliseconds // 1000)


def token(mulaw: bytes, key: str) -> str:
    """The name of a sound: 32 hex characters derived from it, which nobody can guess without `key`.

    A plain hash would do for fixed prompts, but a telephone number read back could be found by trying them
    all.
    """
    return hmac.new(key.encode(), mulaw, hashlib.sha256).hexdigest()[:32]

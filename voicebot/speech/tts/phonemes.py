"""French words to phonemes, by espeak-ng as packaged in espeakng-loader."""

from __future__ import annotations

import ctypes
import threading

import espeakng_loader

from voicebot.errors import AudioError

_AUDIO_NONE = 2  # AUDIO_OUTPUT_SYNCHRONOUS: no sound card
_DONT_EXIT = 0x8000
_UTF8 = 1
_IPA = 0x02
#: espeak-ng's own marks of language switches and of tied letters are no phonemes.
_NOT_PHONEMES = str.maketrans("", "", "_\u0361")


class Phonemizer:
    """espeak-ng holds one state for the process, so it does one text at a time."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        self._library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        self._library.espeak_TextToPhonemes.argtypes = [
            ctypes.POINTER(ctypes.c_char_p),
            ctypes.c_int,
            ctypes.c_int,
        ]
        data = espeakng_loader.get_data_path().encode()
        started = self._library.espeak_Initialize(_AUDIO_NONE, 0, data, _DONT_EXIT)
        if started < 0 or self._library.espeak_SetVoiceByName(b"fr"):
            raise AudioError("espeak-ng could not start its French voice: reinstall espeakng-loader")

    def phonemes(self, text: str) -> str:
        """The IPA phonemes of one clause after the other, separated by spaces."""
        with self._turn:
            rest = ctypes.c_char_p(text.encode())
            parts = []
            while rest.value:
                part = self._library.espeak_TextToPhonemes(ctypes.byref(rest), _UTF8, _IPA)
                parts.append((part or b"").decode())
        return " ".join(parts).translate(_NOT_PHONEMES)

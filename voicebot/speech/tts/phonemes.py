"""French words to the phonemes on which Kokoro was trained, by espeak-ng as packaged in espeakng-loader."""

from __future__ import annotations

import ctypes
import re
import threading
from functools import cache
from typing import Final

import espeakng_loader

from voicebot.errors import AudioError

# From espeak-ng's speak_lib.h.
_NO_SOUND_CARD: Final = 2
_DO_NOT_EXIT: Final = 0x8000
_UTF8: Final = 1
_IPA: Final = 2

#: espeak-ng marks where it switches languages, "(en)", and where it joins words, "-".
_REMARKS: Final = re.compile(r"\([a-z-]+\)|-")
#: It also drops punctuation, which carries the melody: the text is split there and rejoined.
_PUNCTUATION: Final = re.compile(r"([;:,.!?…—]+)(?=\s|$)")
#: Combinations that are one character in Kokoro's vocabulary.
_AFFRICATES: Final = (("dʒ", "ʤ"), ("tʃ", "ʧ"))

#: espeak-ng has one state for the whole process.
_turn = threading.Lock()


def phonemes(text: str) -> str:
    """The phonemes of `text` in the international alphabet, with its punctuation. Raises AudioError."""
    said = ""
    for number, part in enumerate(_PUNCTUATION.split(text)):
        said += f"{part[0]} " if number % 2 else _words(part)
    for letters, sign in _AFFRICATES:
        said = said.replace(letters, sign)
    return said.strip()


def _words(text: str) -> str:
    if not text.strip():
        return ""
    rest, parts = ctypes.c_char_p(text.encode()), []
    with _turn:
        library = _library()
        while rest.value:
            parts.append(library.espeak_TextToPhonemes(ctypes.byref(rest), _UTF8, _IPA) or b"")
    return _REMARKS.sub("", b" ".join(parts).decode())


@cache
def _library() -> ctypes.CDLL:
    """espeak-ng with its French voice. Only while holding `_turn`."""
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    library.espeak_TextToPhonemes.restype = ctypes.c_char_p
    library.espeak_TextToPhonemes.argtypes = [ctypes.POINTER(ctypes.c_char_p), ctypes.c_int, ctypes.c_int]
    data = espeakng_loader.get_data_path().encode()
    started = library.espeak_Initialize(_NO_SOUND_CARD, 0, data, _DO_NOT_EXIT)
    if started < 0 or library.espeak_SetVoiceByName(b"fr"):
        raise AudioError("espeak-ng could not start its French voice: reinstall espeakng-loader")
    return library

"""The installed voices side by side: the same sentences in each, and how intelligible each is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from voicebot.dialogue.session import Pace
from voicebot.errors import DataError, ModelError
from voicebot.speech import voices
from voicebot.speech.audio import TELEPHONE_HZ, write_wav
from voicebot.speech.spoken import spoken
from voicebot.speech.stt.recognizer import Recognizer
from voicebot.speech.tts.synthesizer import Synthesizer
from voicebot.webphone.intelligibility import by_telephone, heard, sentences, word_error

PACES: Final[tuple[Pace, ...]] = ("normal", "slow")
_FOLDER: Final = "voices"
_MEASURED: Final = "measured.json"


@dataclass(frozen=True)
class MeasuredVoice:
    """The word error rate (0 to 1, sometimes more) of a voice at one pace, as `recognizer` heard it."""

    voice: str
    pace: Pace
    word_error: float
    recognizer: str


@dataclass(frozen=True)
class InstalledVoice:
    """One voice: `ahead` and `now` say what it is chosen for; `word_error` is None until it is measured."""

    name: str
    ahead: bool
    now: bool
    word_error: float | None


@dataclass(frozen=True)
class VoiceComparison:
    """Keeps its sounds and figures under `var`; `ahead` and `now` are the chosen voices."""

    var: Path
    ahead: str
    now: str

    def installed(self) -> tuple[str, ...]:
        """The names of the voices that can speak here. Loads their engines."""
        return tuple(name for name in voices.NAMES if voices.start(name, self.var))

    def shown(self) -> tuple[InstalledVoice, ...]:
        """The installed voices, what they are for and how intelligible they are."""
        errors = {one.voice: one.word_error for one in self.measured() if one.pace == "normal"}
        return tuple(
            InstalledVoice(name, name == self.ahead, name == self.now, errors.get(name))
            for name in self.installed()
        )

    def sound(self, name: str, number: int) -> Path:
        """The WAV file of a sentence in a voice, as heard over the telephone; made if it does not exist yet.

        Raises IndexError if there is no such sentence, ModelError if the voice is not installed, and
        AudioError if
        it cannot speak or the file cannot be written.
        """
        text = sentences()[number]
        path = self.var / _FOLDER / name / f"{number + 1:02}.wav"
        if not path.is_file():
            pcm = by_telephone(self._voice(name).speak(spoken(text), "normal"))
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(".part")
            write_wav(part, pcm, TELEPHONE_HZ)
            part.replace(path)
        return path

    def measure(self, recognizer: Recognizer) -> Iterator[MeasuredVoice]:
        """Measure each installed voice at each pace, and store the figures once all are there."""
        done = []
        for name in self.installed():
            for pace in PACES:
                done.append(_measure(self._voice(name), name, pace, recognizer))
                yield done[-1]
        self._keep(done)

    def measured(self) -> tuple[MeasuredVoice, ...]:
        """The figures of the last measurement, none before the first."""
        try:
            kept = json.loads((self.var / _FOLDER / _MEASURED).read_text(encoding="utf-8"))
            return tuple(MeasuredVoice(**one) for one in kept)
        except (OSError, ValueError, TypeError):
            return ()

    def _keep(self, measured: list[MeasuredVoice]) -> None:
        path = self.var / _FOLDER / _MEASURED
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps([asdict(one) for one in measured], indent=1), encoding="utf-8")
        except OSError as error:
            raise DataError(f"{path}: cannot be written ({error.strerror}); check the folder") from error

    def _voice(self, name: str) -> Synthesizer:
        voice = voices.start(name, self.var) if name in voices.NAMES else None
        if voice is None:
            known = ", ".join(self.installed())
            raise ModelError(f"expected a voice that is installed, got {name!r}; there are: {known}")
        return voice


def _measure(voice: Synthesizer, name: str, pace: Pace, recognizer: Recognizer) -> MeasuredVoice:
    said = sentences()
    understood = [heard(recognizer, voice.speak(spoken(text), pace)) for text in said]
    return MeasuredVoice(name, pace, round(word_error(said, understood), 4), recognizer.name)


def all_sounds(showroom: VoiceComparison, names: tuple[str, ...]) -> Iterator[Path]:
    """Every sentence in each of `names`. Raises as `VoiceComparison.sound` does."""
    for name in names:
        for number in range(len(sentences())):
            yield showroom.sound(name, number)

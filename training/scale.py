"""How much of what was learned is best added: word error on the development set, for several scales.

    python -m training.scale var/training/run 0.5 0.7 0.85 1.0

The development set (archives in var/training/development) is said by voices that nobody has, over white noise
at 25, 18 and 12 dB in turn; the sentences are other ones than were learned. It is for choosing, never for
showing how good a model is.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
from collections import defaultdict
from pathlib import Path

from benchmarks.heard import NOISE_DB, by_telephone
from benchmarks.recognizers import errors, words
from training.export import learned, whole
from training.learn import VAR
from training.sounds import Said, load
from voicebot.dialogue.meaning import Expecting
from voicebot.nlu import Understanding
from voicebot.nlu.hints import hints
from voicebot.speech import adaptation
from voicebot.speech.audio import RECOGNIZER_HZ
from voicebot.speech.models import Context
from voicebot.speech.stt.recognizer import Expected
from voicebot.speech.stt.whisper import WhisperRecognizer
from voicebot.speech.tts.synthesizer import for_telephone

TRIAL = VAR / "training" / "trial"


def main() -> None:
    """One line a scale."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("scales", type=float, nargs="+")
    parser.add_argument("--sounds", type=Path, default=VAR / "training" / "development")
    parser.add_argument(
        "--context", type=float, nargs=2, default=(10.0, 2.0), help="least and margin, seconds"
    )
    chosen = parser.parse_args()
    said, hinted = [each for _, each in load(chosen.sounds)], Understanding.load()
    context = Context(least_s=chosen.context[0], margin_s=chosen.context[1])
    for scale in chosen.scales:
        recognizer = WhisperRecognizer(_trial(chosen.run, scale), context=context)
        print(f"{scale:.2f}", _word_errors(recognizer, said, hinted), flush=True)


def _trial(run: Path, scale: float) -> Path:
    if not scale:
        return VAR / "models" / "whisper-base"
    TRIAL.mkdir(parents=True, exist_ok=True)
    adaptation.write(TRIAL / "update.npz", learned(run / "checkpoint.pt", scale))
    shutil.rmtree(TRIAL / "model", ignore_errors=True)
    whole(TRIAL / "update.npz", TRIAL / "model")
    return TRIAL / "model"


def _word_errors(recognizer: WhisperRecognizer, said: list[Said], understanding: Understanding) -> str:
    """Percent of words and of utterances by kind of line."""
    wrong: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for place, each in enumerate(said):
        open_ = each.line.kind in ("general", "request")
        expecting = Expecting("intent" if open_ or each.line.kind in _UNASKED else each.line.kind)
        stream = recognizer.start(Expected(hints(understanding, expecting), expecting.closed, expecting.kind))
        sound = for_telephone(each.sound, RECOGNIZER_HZ, each.voice)
        stream.accept(by_telephone(sound, NOISE_DB[place % len(NOISE_DB)]))
        wanted, got = words(each.line.written), words(stream.finish().text)
        counted = (errors(wanted, got), len(wanted))
        for kind in ("general" if each.line.kind == "general" else "work", "all"):
            wrong[kind].append(counted)
    return ", ".join(
        f"{kind} {100 * sum(e for e, _ in rows) / sum(n for _, n in rows):.1f} % words, "
        f"{100 * statistics.mean(not e for e, _ in rows):.0f} % exact"
        for kind, rows in wrong.items()
    )


#: Kinds of lines that are no kinds of questions.
_UNASKED = frozenset({"hour", "day", "office", "command", "choice"})


if __name__ == "__main__":
    main()

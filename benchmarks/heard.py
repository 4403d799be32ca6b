"""Sentences as a recognizer writes them: spoken over a noisy telephone line, recognized, stored in a file.

    .venv/bin/python -m benchmarks.heard held-out       # plain.yaml → tests/fr/evaluation/heard.yaml
    .venv/bin/python -m benchmarks.heard development    # tests/fr/utterances → tests/fr/heard.yaml

Each held-out sentence is said by every voice; of the development set, a sample is. White noise lies one of
`NOISE_DB` below the speech, in turn. Whisper is told what it is told in a call, and its confidence and second
hypothesis are stored, so that understanding is measured as a call would act, without any sound. It takes half
an hour on two idle cores; the development sample takes ten minutes.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import track
from ruamel.yaml import YAML

from benchmarks import sentences
from benchmarks.sentences import HEARD_DEVELOPMENT, HELD_OUT, Sentence
from voicebot.dialogue.meaning import NO_INTENT, Expecting
from voicebot.errors import ModelError
from voicebot.nlu import Understanding
from voicebot.nlu.hints import hints
from voicebot.speech import voices
from voicebot.speech.audio import RECOGNIZER_HZ, TELEPHONE_HZ, Pcm, decode, encode, resample
from voicebot.speech.spoken import spoken
from voicebot.speech.stt.choose import recognizers
from voicebot.speech.stt.recognizer import Expected, Recognizer
from voicebot.speech.telephone_line import band, over_noise
from voicebot.speech.tts.synthesizer import SPEECH_DBFS, Synthesizer, pause

VAR = Path("var")
VOICES = ("kokoro", "pico")
#: How far the noise is below the speech, in dB: a quiet room, a room with people, a street.
NOISE_DB = (25.0, 18.0, 12.0)
_PAUSE_S = 0.5
#: How many sentences of the development set are spoken, per procedure and out of domain.
_EACH, _STRANGE = 4, 30


def main() -> None:
    """Speak, listen, write the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("set", choices=("held-out", "development"))
    chosen = parser.parse_args().set
    said, target = (
        (_plain(), HELD_OUT / "heard.yaml") if chosen == "held-out" else (_seen(), HEARD_DEVELOPMENT)
    )
    recognizer, expected = _recognizer(), _expected()
    talkers = [_voice(name) for name in VOICES]
    heard: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for place, (sentence, voice) in track(list(enumerate(said)), "hearing"):
        noise_db = NOISE_DB[place % len(NOISE_DB)]
        line = by_telephone(talkers[voice].speak(spoken(sentence.text), "normal"), noise_db)
        row = {"said": sentence.text, "voice": VOICES[voice], "noise_db": noise_db}
        heard[sentence.meant[0]].append({**row, **hear(recognizer, line, expected)})
    write(target, chosen, recognizer.name, heard)


def by_telephone(sound: Pcm, noise_db: float) -> Pcm:
    """Speech (8 kHz) with white noise `noise_db` below it, through telephone band and μ-law, at 16 kHz."""
    noisy = over_noise(np.concatenate([pause(_PAUSE_S), sound, pause(_PAUSE_S)]), SPEECH_DBFS - noise_db)
    return resample(decode(encode(band(noisy))), TELEPHONE_HZ, RECOGNIZER_HZ)


def hear(recognizer: Recognizer, line: Pcm, expected: Expected) -> dict[str, Any]:
    """What is heard of one utterance; the text is empty if it is not taken for speech."""
    stream = recognizer.start(expected)
    stream.accept(line)
    heard = stream.finish()
    return {"text": heard.text, "confidence": round(heard.confidence, 3), "others": list(heard.others)}


def _plain() -> Iterator[tuple[Sentence, int]]:
    """Each plain sentence in each voice, intent by intent."""
    plain = [each for each in sentences.held_out() if each.style == "plain"]
    return ((each, voice) for each in plain for voice in range(len(VOICES)))


def _seen() -> Iterator[tuple[Sentence, int]]:
    """A few sentences of the development set per intent, and out of domain, in each voice."""
    by_intent: dict[str, list[Sentence]] = defaultdict(list)
    for each in sentences.development():
        if each.style in ("voice", sentences.OUT_OF_DOMAIN) and each.channel == "voice":
            by_intent[each.meant[0]].append(each)
    draw = np.random.default_rng(7)
    for intent, said in by_intent.items():
        count = _STRANGE if intent == NO_INTENT else _EACH
        chosen = draw.choice(len(said), min(count, len(said)), replace=False)
        yield from ((said[place], voice) for place in chosen for voice in range(len(VOICES)))


def _recognizer() -> Recognizer:
    found, notes = recognizers(VAR / "models", "whisper")
    if not found:
        raise ModelError(" ".join(notes))
    return found[0]


def _expected() -> Expected:
    return Expected(hints(Understanding.load(), Expecting()))


def _voice(name: str) -> Synthesizer:
    voice = voices.start(name, VAR)
    if voice is None:
        raise ModelError(f"{name} is not installed; see `voicebot models list`")
    return voice


def write(target: Path, chosen: str, recognizer: str, heard: Mapping[str, Sequence[dict[str, Any]]]) -> None:
    """Store what was heard, intent by intent."""
    made = {
        "on": date.today().isoformat(),
        "by": f"python -m benchmarks.heard {chosen}",
        "recognizer": recognizer,
        "voices": list(VOICES),
        "noise_db": list(NOISE_DB),
    }
    yaml = YAML()
    yaml.width = 1000
    ordered = {
        intent: list(texts) for intent, texts in sorted(heard.items(), key=lambda i: i[0] == NO_INTENT)
    }
    with target.open("w", encoding="utf-8") as file:
        yaml.dump({"made": made, "channel": "voice", "sentences": ordered}, file)


if __name__ == "__main__":
    main()

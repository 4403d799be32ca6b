"""`flows try` walks through a procedure: by voice, keypad or SMS, scripted or typed, while files change."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.content_copy import content_copy
from voicebot.cli import BAD_USAGE, DONE, main

STRAIGHT = ["perdue", "par téléphone", "suite", "je l'ai", "je l'ai", "non", "oui", "non"]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing is set and nothing is kept."""
    monkeypatch.delenv("REDIS_URL", raising=False)
    monkeypatch.setenv("VOICEBOT_VAR", str(tmp_path / "var"))
    monkeypatch.chdir(tmp_path)


def walked(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    assert main(["flows", "try", *arguments, "--json"]) == DONE
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_whole_walk_shows_each_turn_and_what_it_leaves(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    *turns, last = walked(capsys, "carte_vitale", *STRAIGHT)
    assert [turn["heard"] for turn in turns] == [None, *STRAIGHT]
    assert (turns[0]["flow"], turns[0]["prompt"]) == ("carte_vitale", "carte_vitale.probleme")
    assert (turns[1]["value"], turns[1]["certainty"], turns[1]["slots"]) == (
        "perdue",
        "sure",
        {"probleme": "perdue"},
    )
    assert turns[2]["prompt"] == "carte_vitale.par_telephone"
    assert "Je répète : 3646" in turns[2]["text"]
    assert (last["result"], last["flow"], last["step"], last["tickets"]) == ("done", "cloture", "fin", 0)
    assert any("3646" in text for text in last["sms"])
    assert list(tmp_path.rglob("*.aof")) == []  # nothing of it stays


def test_a_walk_may_stop_at_a_question(capsys: pytest.CaptureFixture[str]) -> None:
    *_, last = walked(capsys, "carte_vitale", "perdue")
    assert last["result"] == "waiting"
    assert main(["flows", "try", "carte_vitale", "perdue"]) == DONE
    assert "réponse à carte_vitale.declarer" in capsys.readouterr().out


def test_the_wording_is_that_of_the_channel(capsys: pytest.CaptureFixture[str]) -> None:
    texted = walked(capsys, "carte_vitale", "perdue", "par tel", "--channel", "sms")
    assert "3646" in texted[2]["text"]
    assert "Je répète" not in texted[2]["text"]
    assert "\n1 " in texted[0]["text"]
    typed = walked(capsys, "carte_vitale", "1", "1", "--channel", "keypad")
    assert typed[2]["prompt"] == "carte_vitale.par_telephone"


def test_keys_can_be_pressed_and_silence_kept_in_a_call(capsys: pytest.CaptureFixture[str]) -> None:
    _, pressed, silent, _ = walked(capsys, "carte_vitale", "=1", "")
    assert (pressed["slots"], pressed["intent"]) == ({"probleme": "perdue"}, None)
    assert "rien entendu" in silent["text"]
    assert silent["prompt"] == "carte_vitale.declarer"


def test_a_person_is_asked_for_and_a_ticket_waits(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flows", "try", "carte_vitale", "je veux un conseiller"]) == DONE
    assert "Un conseiller reçoit la demande." in capsys.readouterr().out


def test_an_expired_price_is_not_said_on_a_later_day(capsys: pytest.CaptureFixture[str]) -> None:
    to_the_price = ["la carte", "perdue", *["suite"] * 3, "non", "suite", *["oui"] * 3]
    said = [
        walked(capsys, "carte_identite", *to_the_price, "--on", day) for day in ("2026-01-02", "2090-01-02")
    ]
    told = [" ".join(str(turn.get("text")) for turn in turns) for turns in said]
    assert ["25 euros" in text for text in told] == [True, False]


def test_the_first_page_can_be_walked_through_too(capsys: pytest.CaptureFixture[str]) -> None:
    first, second, _ = walked(capsys, "accueil", "la carte vitale")
    assert first["prompt"] == "accueil.question"
    assert (second["intent"], second["prompt"]) == ("carte_vitale", "carte_vitale.probleme")


def test_answers_after_the_end_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flows", "try", "carte_vitale", *STRAIGHT, "encore"]) == BAD_USAGE
    assert "'encore'" in capsys.readouterr().err


def test_a_procedure_that_is_none_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flows", "try", "jardinage"]) == BAD_USAGE
    told = capsys.readouterr().err
    assert "jardinage" in told
    assert "carte_vitale" in told


class Typist(io.StringIO):
    """Somebody at the keyboard who also does something between two lines."""

    def __init__(self, *lines: str | Callable[[], None]) -> None:
        super().__init__()
        self._lines: Iterator[str | Callable[[], None]] = iter(lines)

    def readline(self, size: int | None = -1, /) -> str:
        for line in self._lines:
            if isinstance(line, str):
                return line + "\n"
            line()
        return ""


def test_typed_answers_are_taken_until_there_are_no_more(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", Typist("perdue", "par téléphone"))
    assert main(["flows", "try", "carte_vitale"]) == DONE
    told = capsys.readouterr()
    assert "compris : perdue (sûr)" in told.out
    assert "retenu : probleme = perdue, declarer = telephone" in told.out
    assert "Ctrl-D" in told.err


def test_a_changed_file_is_read_again_and_the_answers_given_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = content_copy(tmp_path)
    prompts = root / "prompts" / "fr" / "carte_vitale.yaml"
    good = prompts.read_text(encoding="utf-8")

    def spoil() -> None:
        prompts.write_text(good + "fin: [", encoding="utf-8")

    def reword() -> None:
        prompts.write_text(good.replace("Comment voulez-vous le dire", "Comment allez-vous le dire"))

    monkeypatch.setattr("sys.stdin", Typist("perdue", spoil, "par téléphone", reword, "par téléphone"))
    assert main(["flows", "try", "carte_vitale", "--root", str(root)]) == DONE
    told = capsys.readouterr()
    assert "carte_vitale.yaml:" in told.err  # what is wrong, and where
    assert told.err.index("une erreur") < told.err.index("je relis")
    assert told.out.count("Comment voulez-vous le dire") == 1
    assert told.out.count("Comment allez-vous le dire") == 1
    assert "réponse à carte_vitale.par_telephone" in told.out

"""The command line says in one sentence what is wrong, and its exit codes can be relied upon."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from voicebot import doctor
from voicebot.cli import BAD_USAGE, DONE, NOT_AS_ASKED, main
from voicebot.config import Settings
from voicebot.dialogue.meaning import KINDS
from voicebot.doctor import Examined
from voicebot.speech import models

MEANING_KEYS = {"intent", "score", "certainty", "alternatives", "entities", "value", "danger"}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine where nothing is set."""
    for name in ("REDIS_URL", "VOICEBOT_TWILIO_TOKEN", "VOICEBOT_DATA_KEYS", "VOICEBOT_PSEUDONYM_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VOICEBOT_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("VOICEBOT_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)


def complaint(capsys: pytest.CaptureFixture[str]) -> str:
    """What stands on standard error: one sentence, no traceback."""
    told = capsys.readouterr().err.strip()
    assert told.startswith("voicebot: ")
    assert len(told.splitlines()) == 1, told
    assert "Traceback" not in told
    return told


def test_a_procedure_that_is_none_cannot_be_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flows", "draw", "jardinage"]) == BAD_USAGE
    told = complaint(capsys)
    assert "jardinage" in told
    assert "rsa" in told


def test_a_procedure_is_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flows", "draw", "rsa"]) == DONE
    assert capsys.readouterr().out.startswith(("flowchart", "graph", "stateDiagram"))
    assert main(["flows", "draw", "rsa", "--svg", str(tmp_path / "rsa.svg")]) == DONE
    assert "<svg" in (tmp_path / "rsa.svg").read_text(encoding="utf-8")


def test_facts_out_of_date_are_told_with_their_source_and_steps(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flows", "stale", "--on", "2020-01-01"]) == DONE
    assert "in date" in capsys.readouterr().out
    assert main(["flows", "stale", "--on", "2100-01-01"]) == NOT_AS_ASKED
    told = capsys.readouterr().out
    assert "prix_passeport" in told
    assert "service-public.fr" in told


def test_a_picture_that_cannot_be_written_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flows", "draw", "rsa", "--svg", str(tmp_path / "none" / "rsa.svg")]) == BAD_USAGE
    assert "rsa.svg" in complaint(capsys)


def test_cards_are_made_to_be_printed_and_to_be_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["cards", "rsa", "--out", str(tmp_path / "cards"), "--number", "0937000000"]) == DONE
    assert capsys.readouterr().out == f"{tmp_path / 'cards' / 'rsa.pdf'}\n"
    assert (tmp_path / "cards" / "rsa.pdf").read_bytes().startswith(b"%PDF")
    assert "09\u00a037\u00a000\u00a000\u00a000" in (tmp_path / "cards" / "rsa.html").read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize("arguments", [["jardinage"], ["entrainement"], ["rsa", "--number", "09 37"]])
def test_cards_that_cannot_be_made_are_told(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["cards", *arguments, "--out", str(tmp_path)]) == BAD_USAGE
    complaint(capsys)
    assert list(tmp_path.glob("*.pdf")) == []


def test_cards_that_cannot_be_written_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "cards").write_text("in the way")
    assert main(["cards", "rsa", "--out", str(tmp_path / "cards")]) == BAD_USAGE
    assert "cards" in complaint(capsys)


def test_broken_yaml_is_told_with_file_line_and_remedy(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken"
    for folder in ("voicebot/flows", "voicebot/nlu", "prompts"):
        shutil.copytree(root / folder, broken / folder)
    flow = broken / "voicebot" / "flows" / "rsa.yaml"
    flow.write_text(flow.read_text(encoding="utf-8") + "  limite: {kind: [\n", encoding="utf-8")
    assert main(["flows", "check", "--root", str(broken)]) == NOT_AS_ASKED
    told = capsys.readouterr().out
    assert "flows/rsa.yaml:" in told
    assert "À corriger" in told


def test_a_folder_without_procedures_is_not_all_right(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["flows", "check", "--root", str(tmp_path / "nothing")]) != DONE
    assert "Tout va bien" not in capsys.readouterr().out


def test_our_own_procedures_are_all_right(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flows", "check"]) == DONE, capsys.readouterr().out


@pytest.mark.parametrize("keys", ["abc", "1 2", ""])
def test_keys_that_no_telephone_has_are_refused(keys: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["call", "--keys", keys])
    assert ended.value.code == BAD_USAGE
    assert "0-9" in capsys.readouterr().err


@pytest.mark.parametrize("turn", [["--audio", "none.wav"], ["--silence", "-1"], ["--silence", "soon"]])
def test_turns_that_cannot_be_played_are_refused(turn: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["call", *turn])
    assert ended.value.code == BAD_USAGE
    assert "expected" in capsys.readouterr().err


def test_a_sentence_is_understood_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["understand", "je voudrais demander le RSA", "--json"]) == DONE
    meaning = json.loads(capsys.readouterr().out)
    assert set(meaning) == MEANING_KEYS
    assert (meaning["intent"], meaning["certainty"]) == ("rsa", "sure")


def test_a_sentence_is_understood_as_the_answer_to_a_question(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["understand", "j'ai trente ans", "--expect", "age", "--json"]) == DONE
    assert json.loads(capsys.readouterr().out)["value"] == 30


def test_a_file_of_sentences_is_understood_line_by_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "lines.tsv"
    file.write_text("voice\tje voudrais le rsa\nsms\toui\tyes_no\n\n", encoding="utf-8")
    assert main(["understand", "--file", str(file), "--json"]) == DONE
    meanings = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(meaning["intent"], meaning["value"]) for meaning in meanings] == [
        ("rsa", None),
        ("aucun", "yes"),
    ]


def test_an_empty_line_is_somebody_who_said_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "lines.tsv"
    file.write_bytes("\ufeffvoice\toui\tyes_no\r\n\r\nsms\tle rsa\r\n".encode())
    assert main(["understand", "--file", str(file), "--json"]) == DONE
    meanings = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(meaning["intent"], meaning["value"]) for meaning in meanings] == [
        ("aucun", "yes"),
        ("aucun", None),
        ("rsa", None),
    ]


def test_every_kind_can_be_expected(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "kinds.tsv"
    file.write_text("".join(f"voice\tça dépend\t{kind}\n" for kind in KINDS), encoding="utf-8")
    assert main(["understand", "--file", str(file), "--json"]) == DONE
    meanings = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(meanings) == len(KINDS)
    for meaning in meanings:
        assert meaning["value"] is None
        assert {"intent", "score", "alternatives", "entities", "value"} <= set(meaning)


@pytest.mark.parametrize(
    "content", [b"just a sentence", b"pigeon\toui", b"voice\toui\tweather", b"voice\t\xff\xfe"]
)
def test_a_bad_file_is_told(content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "lines.tsv"
    file.write_bytes(content)
    assert main(["understand", "--file", str(file)]) == BAD_USAGE
    assert "lines.tsv" in complaint(capsys)


def test_a_file_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["understand", "--file", "none.tsv"]) == BAD_USAGE
    assert "none.tsv" in complaint(capsys)


@pytest.mark.parametrize("arguments", [[], ["oui", "--file", "lines.tsv"]])
def test_a_sentence_or_a_file_but_not_both(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["understand", *arguments]) == BAD_USAGE
    complaint(capsys)


def test_serve_without_a_token_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve"]) == BAD_USAGE
    assert "VOICEBOT_TWILIO_TOKEN" in complaint(capsys)


def test_serve_without_keys_is_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOICEBOT_TWILIO_TOKEN", "secret")
    assert main(["serve"]) == BAD_USAGE
    assert "VOICEBOT_" in complaint(capsys)


def test_serve_without_redis_is_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["doctor", "--new-key"]) == DONE
    key = capsys.readouterr().out.strip()
    monkeypatch.setenv("VOICEBOT_TWILIO_TOKEN", "secret")
    monkeypatch.setenv("VOICEBOT_DATA_KEYS", key)
    monkeypatch.setenv("VOICEBOT_PSEUDONYM_KEY", "pepper" * 8)
    monkeypatch.setenv("VOICEBOT_PORT", "0")
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    assert main(["serve"]) == BAD_USAGE
    told = complaint(capsys)
    assert "REDIS_URL" in told
    assert "secret" not in told


def test_a_wrong_setting_is_named_with_what_came(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOICEBOT_PORT", "hush")
    assert main(["models", "list"]) == BAD_USAGE
    told = complaint(capsys)
    assert "VOICEBOT_PORT" in told
    assert "'hush'" in told


def test_the_models_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "list"]) == DONE
    told = capsys.readouterr().out
    assert all(model.name in told for model in models.catalogue())


def test_a_model_that_is_none_cannot_be_installed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "install", "parrot"]) == BAD_USAGE
    assert "parrot" in complaint(capsys)


def test_the_doctor_finds_what_is_missing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOICEBOT_RECOGNIZER", "none")
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    assert main(["doctor"]) == NOT_AS_ASKED
    told = capsys.readouterr().out
    assert "REDIS_URL" in told
    assert "VOICEBOT_TWILIO_TOKEN" in told
    assert "missing" in told


def test_the_doctor_is_content_when_nothing_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    async def examine(settings: Settings) -> list[Examined]:
        return [Examined("all", True, "set")]

    monkeypatch.setattr(doctor, "examine", examine)
    assert main(["doctor"]) == DONE


def test_the_doctor_makes_a_key_that_fits(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--new-key"]) == DONE
    assert len(capsys.readouterr().out.strip()) == 44


@pytest.mark.parametrize(
    "arguments", [[], ["dance"], ["flows"], ["understand", "oui", "--expect", "weather"]]
)
def test_unknown_commands_end_with_two(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == BAD_USAGE
    assert "usage" in capsys.readouterr().err

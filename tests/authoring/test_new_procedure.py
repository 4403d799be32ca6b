"""`flows new` writes a procedure that passes every check at once, or nothing at all."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest

from tests import conversations
from tests.content_copy import content_copy
from voicebot.app import LOOKUPS
from voicebot.authoring.replay import stage
from voicebot.cards.card import cards
from voicebot.cards.pictures import pictures
from voicebot.cli import BAD_USAGE, DONE, main
from voicebot.content.check import check_all
from voicebot.content.folders import checkout
from voicebot.datafile import read
from voicebot.flows.load import load_flows, read_flows
from voicebot.prompts import Prompts

TODAY = date(2026, 11, 25)
TITLED = ["--title", "la carte grise", "--who", "la préfecture", "--number", "0806001620"]


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of content in which `carte_grise` has just been begun."""
    folder = content_copy(tmp_path_factory.mktemp("new"))
    assert main(["flows", "new", "carte_grise", *TITLED, "--root", str(folder)]) == DONE
    return folder


def files(folder: Path) -> dict[str, str]:
    return {str(path): path.read_text(encoding="utf-8") for path in folder.rglob("*.yaml")}


def test_a_new_procedure_passes_every_check(new: Path) -> None:
    assert check_all(checkout(new), LOOKUPS) == []
    flow = load_flows(new / "voicebot" / "flows").by_name["carte_grise"]
    assert {step.kind for step in flow.steps.values()} >= {"choose", "confirm", "documents", "say"}


@pytest.mark.slow  # it learns the words of the new procedure
async def test_its_conversations_go_as_they_are_written(new: Path, tmp_path: Path) -> None:
    written = sorted((new / "tests" / "fr" / "conversations").glob("carte_grise.*.yaml"))
    assert len(written) == 2
    async with stage(checkout(new), tmp_path, tmp_path / "places") as made:
        for conversation in map(conversations.read, written):
            for channel in conversation.channels:
                await made.hold(conversation, channel)


def test_its_sentences_are_enough_to_learn_from_and_all_different(new: Path) -> None:
    said = read(new / "voicebot" / "nlu" / "fr" / "intents" / "carte_grise.yaml").data["utterances"]
    assert len(set(said)) == len(said) >= 60
    choices = read(new / "voicebot" / "nlu" / "fr" / "choices" / "carte_grise.yaml").data
    assert all(len(set(phrases)) >= 8 for phrases in choices.values())


def test_it_has_a_card_with_whom_to_call(new: Path) -> None:
    written = read_flows(new / "voicebot" / "flows")
    made = cards(written, Prompts.load(new / "prompts" / "fr"), pictures(), None, TODAY)["carte_grise"]
    assert made.number == "0 806 001 620"
    assert len(made.lines) >= 4
    assert pictures().unknown_line not in [line.picture for line in made.lines]


def test_what_it_tells_is_what_was_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = content_copy(tmp_path)
    assert main(["flows", "new", "jardin", "--title", "le jardin partagé", "--root", str(folder)]) == DONE
    told = capsys.readouterr().out.splitlines()
    named = [folder / line.strip() for line in told if line.endswith(".yaml") and line.startswith("  ")]
    assert len(named) == 7
    assert [path for path in named if not path.is_file()] == []
    assert not [line for line in told if "Attention" in line]


def test_a_procedure_too_like_another_one_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = content_copy(tmp_path)
    options = ["--title", "le RSA", "--root", str(folder)]
    assert main(["flows", "new", "revenu", *options]) == DONE
    (told,) = [line for line in capsys.readouterr().out.splitlines() if "Attention" in line]
    assert "« rsa »" in told


REFUSED = [
    (["carte_grise"], "carte_grise"),  # begun before
    (["rsa"], "rsa"),
    (["arnaque_banque", "--title", "un justificatif"], "justificatif"),  # a word that our rules avoid
    (["common"], "common"),
    (["topics"], "topics"),
    (["Carte Grise"], "petites lettres"),
    (["2cartes"], "petites lettres"),
    (["été"], "petites lettres"),
    (["../evasion"], "petites lettres"),
    ([""], "petites lettres"),
    (["permis", "--title", 'le "permis"'], "titre"),
    (["permis", "--title", "le {permis}"], "titre"),
    (["permis", "--title", "  "], "titre"),
    (["permis", "--who", "la\nmairie"], "qui appeler"),
    (["permis", "--number", "bonjour"], "numéro"),
    (["permis", "--number", "0"], "numéro"),
]


@pytest.mark.parametrize(("arguments", "named"), REFUSED, ids=lambda one: str(one)[:30])
def test_what_cannot_be_used_is_refused_in_one_sentence_and_nothing_is_written(
    new: Path, arguments: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = files(new)
    assert main(["flows", "new", *arguments, "--root", str(new)]) == BAD_USAGE
    told = capsys.readouterr().err.strip()
    assert told.startswith("voicebot: ")
    assert len(told.splitlines()) == 1
    assert named in told
    assert files(new) == before


def test_nothing_is_begun_among_files_that_are_broken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = content_copy(tmp_path)
    (folder / "voicebot" / "flows" / "rsa.yaml").write_text("flow: [", encoding="utf-8")
    before = files(folder)
    assert main(["flows", "new", "permis", "--root", str(folder)]) == BAD_USAGE
    assert "rsa.yaml" in capsys.readouterr().err
    assert files(folder) == before


class Typing(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_at_a_terminal_it_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = content_copy(tmp_path)
    monkeypatch.setattr("sys.stdin", Typing("le permis de conduire\nla préfecture\n\nservice-public.fr\n"))
    assert main(["flows", "new", "permis", "--root", str(folder)]) == DONE
    assert capsys.readouterr().out.count(" : ") >= 4
    topics = read(folder / "prompts" / "fr" / "topics.yaml").data
    assert topics["permis"] == {"label": "le permis de conduire", "who": "la préfecture", "number": "3939"}

"""What an association writes in a folder of its own is laid over ours, checked, and heard by callers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from voicebot import config
from voicebot.app import LOOKUPS, content_of
from voicebot.cli import BAD_USAGE, DONE, NOT_AS_ASKED, main
from voicebot.config import Settings
from voicebot.content.check import check_all
from voicebot.content.folders import Content, laid_over, shipped
from voicebot.dialogue.action import Say
from voicebot.dialogue.meaning import Expecting
from voicebot.errors import ConfigError
from voicebot.flows.load import load_flows
from voicebot.nlu import Understanding, vocabulary
from voicebot.prompts import Prompts

QUESTION = "carte_vitale.probleme"
TITLED = ["--title", "la carte grise", "--who", "la préfecture", "--number", "0806001620"]

Write = Callable[[str, str], Path]


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an association, and settings that name it."""
    folder = tmp_path / "ours"
    folder.mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VOICEBOT_CONTENT", str(folder))
    return folder


@pytest.fixture
def write(own: Path) -> Write:
    def written(name: str, text: str) -> Path:
        path = own / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return written


@pytest.fixture
def content(own: Path) -> Content:
    return laid_over(shipped(), own)


def told(content: Content) -> list[str]:
    return [str(each) for each in check_all(content, LOOKUPS)]


def test_an_empty_folder_changes_nothing(content: Content) -> None:
    assert told(content) == []
    assert Prompts.load(*content.prompts) == Prompts.load(*shipped().prompts)


def test_one_sentence_is_laid_over_ours_and_the_rest_stays(write: Write, content: Content) -> None:
    before = Prompts.load(*shipped().prompts)
    write("prompts/carte_vitale.yaml", "probleme: Qu'est-ce qui ne va pas avec la carte ?\n")
    after = Prompts.load(*content.prompts)
    ours, theirs = before.entries[QUESTION], after.entries[QUESTION]
    assert theirs.texts == {**ours.texts, "ask": "Qu'est-ce qui ne va pas avec la carte ?"}
    assert (theirs.options, theirs.label) == (ours.options, ours.label)
    assert {key for key in after.entries if after.entries[key].texts != before.entries[key].texts} == {
        QUESTION
    }
    assert told(content) == []


def test_what_is_wrong_is_told_by_the_file_and_line_of_the_association(
    write: Write, content: Content
) -> None:
    path = write("prompts/carte_vitale.yaml", "# à nous\n\nprobleme:\n  retry: Cliquez ici.\n")
    (found,) = told(content)
    assert found.startswith(f"{path.relative_to(path.parents[2])}:4: ")
    assert "cliquez" in found.lower()


UNREADABLE = {
    "prompts/common.yaml": ("oui: [\n", 2, "lu"),
    "flows/rsa.yaml": ("flow: rsa\nstart: debut\nsteps:\n  debut: {kind: chante}\n", 4, "chante"),
    "nlu/choices/rsa.yaml": ("francais: oui\n", 1, "francais"),
    "nlu/intents/rsa.yaml": ("intent: rsa\nutterance: [je veux le rsa]\n", 2, "utterance"),
    "prompts/fr/rsa.yaml": ("besoin: Quoi ?\n", 1, "personne ne le lit"),
    "carte_grise.yaml": ("flow: carte_grise\n", 1, "personne ne le lit"),
    "flows/caf.yml": ("flow: caf\n", 1, "personne ne le lit"),
}
UNFIT = {
    "prompts/rsa.yaml": ("besion: Quoi ?\n", 1, "besion"),  # a slip: no step says it
    "prompts/topics.yaml": (
        "rsa:\n  label: le revenu de solidarité pour les personnes de la ville\n",
        2,
        "mots",
    ),
}


@pytest.mark.parametrize("files", [UNREADABLE, UNFIT], ids=["unreadable", "unfit"])
def test_the_checks_look_at_the_folder_too(
    files: dict[str, tuple[str, int, str]], write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, (text, _, _) in files.items():
        write(name, text)
    assert main(["flows", "check"]) == NOT_AS_ASKED
    lines = capsys.readouterr().out.splitlines()
    for name, (_, line, said) in files.items():
        assert [one for one in lines if one.startswith(f"ours/{name}:{line}: ") and said in one], lines


def test_a_procedure_of_theirs_replaces_ours_and_ours_is_not_replayed(write: Write, content: Content) -> None:
    write(
        "flows/logement_social.yaml",
        """\
flow: logement_social
start: appeler
steps:
  appeler: {kind: say, to: cloture.offre_sms}
""",
    )
    write(
        "prompts/logement_social.yaml",
        'appeler: {ask: "Appelez le 3646. Je répète : 3646.", sms: "Appelez le 3646."}\n',
    )
    assert list(load_flows(*content.flows).by_name["logement_social"].steps) == ["appeler"]
    assert told(content) == []
    replayed = {path.name.partition(".")[0] for path in content.written_conversations()}
    assert "rsa" in replayed
    assert "logement_social" not in replayed
    mine = write("conversations/logement_social.straight.yaml", "")
    assert mine in content.written_conversations()


def test_words_of_theirs_are_added_to_ours(write: Write, content: Content) -> None:
    before = vocabulary.read(*shipped().nlu)
    write("nlu/choices/rsa.yaml", "rien: [que dalle]\n")
    write("nlu/intents/rsa.yaml", 'intent: rsa\nutterances: ["le machin de la caf pour vivre"]\n')
    after = vocabulary.read(*content.nlu)
    assert after.choices["rien"] == [*before.choices["rien"], "que dalle"]
    ours, theirs = ({each.intent: each for each in one.intents}["rsa"] for one in (before, after))
    assert theirs.utterances == [*ours.utterances, "le machin de la caf pour vivre"]
    assert (theirs.label, theirs.keywords) == (ours.label, ours.keywords)
    assert told(content) == []


def test_a_line_in_an_added_list_keeps_its_place(write: Write, content: Content) -> None:
    path = write("nlu/intents/rsa.yaml", "intent: rsa\nutterances:\n  - bien\n  - [mal]\n")
    (found,) = told(content)
    assert found.startswith(f"{path.relative_to(path.parents[3])}:4: ")


@pytest.mark.slow
def test_a_new_procedure_is_written_there_understood_and_said(
    own: Path, content: Content, capsys: pytest.CaptureFixture[str]
) -> None:
    own.rmdir()
    assert main(["flows", "new", "carte_grise", *TITLED]) == DONE
    assert "ours" in capsys.readouterr().out
    assert sorted(path.relative_to(own).as_posix() for path in own.rglob("*.yaml")) == [
        "conversations/carte_grise.human.yaml",
        "conversations/carte_grise.straight.yaml",
        "flows/carte_grise.yaml",
        "nlu/choices/carte_grise.yaml",
        "nlu/intents/carte_grise.yaml",
        "prompts/carte_grise.yaml",
        "prompts/topics.yaml",
    ]
    understanding = Understanding.load(*content.nlu)
    meaning = understanding.interpret("je voudrais la carte grise", Expecting())
    assert (meaning.intent, meaning.certainty) == ("carte_grise", "sure")
    assert understanding.interpret("demander le RSA", Expecting()).intent == "rsa"
    assert main(["flows", "replay", "carte_grise"]) == DONE
    capsys.readouterr()
    assert main(["flows", "try", "accueil", "je voudrais la carte grise", "--json"]) == DONE
    _, turn, _ = map(json.loads, capsys.readouterr().out.splitlines())
    assert turn["flow"] == "carte_grise"


def test_a_name_of_ours_is_taken(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flows", "new", "rsa", *TITLED]) == BAD_USAGE
    assert "rsa" in capsys.readouterr().err
    assert list(own.rglob("*.yaml")) == []


def test_what_cannot_be_written_leaves_nothing_behind(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flows", "new", "permis", "--title", "un justificatif"]) == BAD_USAGE
    assert list(own.rglob("*.yaml")) == []


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="VOICEBOT_CONTENT: expected a folder"):
        content_of(Settings(content=tmp_path / "contnet"))


def test_installed_from_a_wheel_it_is_the_folder_content(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VOICEBOT_CONTENT", raising=False)
    assert Settings(_env_file=None).content_folder is None, "in a checkout"
    monkeypatch.setattr(config, "CHECKOUT", None)
    assert Settings(_env_file=None).content_folder == Path("content")


def test_recordings_and_places_lie_there_unless_another_folder_is_set(own: Path, tmp_path: Path) -> None:
    settings = Settings()
    assert (settings.recordings_folder, settings.places_folder) == (own / "recordings", own / "places")
    assert Settings(recordings=tmp_path).recordings_folder == tmp_path
    without = Settings(content=None)
    assert (without.recordings_folder, without.places_folder) == (Path("var/recordings"), Path("var/places"))


def test_the_engine_says_it_by_the_channel_it_is_for(write: Write, content: Content) -> None:
    write("prompts/accueil.yaml", 'question:\n  sms: "Ici les Amis du Quartier."\n')
    prompts = Prompts.load(*content.prompts)
    texted, spoken = (prompts.text(prompts.render(Say("accueil.question"), by)) for by in ("sms", "voice"))
    assert texted.startswith("Ici les Amis du Quartier.")
    assert "Amis" not in spoken


def test_a_lone_sentence_over_ours_is_checked_where_it_stands(content: Content, write: Write) -> None:
    """Ours has several wordings; a sentence alone is laid over the first of them, and is not ours."""
    long = "Dites-moi donc quel âge vous avez, en ce moment précis, après toutes ces années de votre vie ?"
    write("prompts/rsa.yaml", f'# À nous\nage: "{long}"\n')
    (found,) = told(content)
    assert found.startswith("ours/prompts/rsa.yaml:2: une phrase de « rsa.age »")

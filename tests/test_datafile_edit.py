"""A file that people also write by hand is changed at one place: all other lines stay as they were."""

from __future__ import annotations

from difflib import ndiff
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from voicebot.datafile.yaml_edit import edited, in_braces, insert, quoted
from voicebot.errors import DataError
from voicebot.packaged import FLOWS, PROMPTS

FILES = [path for folder in (FLOWS, PROMPTS) for path in sorted(folder.glob("*.yaml"))]


#: Here a list in brackets takes several lines, which become one: the words and the remarks stay.
IN_SEVERAL_LINES = {"lettre"}


def differing(before: str, after: str) -> list[str]:
    return [line for line in ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_new_sentence_changes_no_other_line(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    changed = edited(text, lambda data: insert(data, "nouvelle_phrase", quoted("Bonjour : voici."), None))
    if path.stem in IN_SEVERAL_LINES:
        read = YAML(typ="safe").load
        assert read(changed) == {**read(text), "nouvelle_phrase": "Bonjour : voici."}
        assert [line for line in differing(text, changed) if line.lstrip("+- ").startswith("#")] == []
        return
    assert differing(text, changed) == ['+ nouvelle_phrase: "Bonjour : voici."']


def test_a_step_in_braces_keeps_its_line() -> None:
    text = "# Début\nsteps:\n  # Ici.\n  aide: {kind: say, to: fin}\n  fin: {kind: end}\n"
    changed = edited(text, lambda data: data["steps"]["aide"].update(more=True))
    assert changed == text.replace("to: fin}", "to: fin, more: true}")
    new = in_braces({"kind": "confirm", "to": "fin", "no": "fin"})
    changed = edited(text, lambda data: insert(data["steps"], "lettre", new, "aide"))
    assert "  lettre: {kind: confirm, to: fin, no: fin}\n" in changed


@pytest.mark.parametrize(
    "sentence", ["non", "3939", "a: b", "« Oui » # là", "{x}", "- un", "null", "", "l'an"]
)
def test_whatever_is_written_is_read_again(sentence: str) -> None:
    text = edited("", lambda data: data.update(phrase=quoted(sentence), liste=quoted([sentence, sentence])))
    assert YAML(typ="safe").load(text) == {"phrase": sentence, "liste": [sentence, sentence]}


def test_a_file_that_lost_everything_keeps_its_opening() -> None:
    assert edited("# À nous\na: 1\n", lambda data: data.pop("a")) == "# À nous\n"


@pytest.mark.parametrize("text", ["a: [", "- un\n- deux\n", "a: 1\na: 2\n"])
def test_what_is_no_mapping_is_refused(text: str) -> None:
    with pytest.raises(DataError):
        edited(text, lambda data: None)

"""YAML as people write it: one meaning whichever parser reads it, and no file that ends the process."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml.main import CParser  # type: ignore[attr-defined]

from voicebot.datafile import read, yaml_lines

WRITTEN = """\
# A comment.
flow: fruits
answer: yes
no: [oui, non, "21", 21, 2.5, null, ~]
when: 2026-03-31
text: >
  deux lignes
  ensemble
steps:
  age: {kind: ask, to: &end fin}
  fin: {to: *end}
"""


def test_the_parser_in_c_is_installed() -> None:
    assert CParser is not None, "six times as fast: without it every process starts a second later"


def test_both_parsers_read_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "fruits.yaml"
    path.write_text(WRITTEN, encoding="utf-8")
    fast = read(path)
    monkeypatch.setattr(yaml_lines, "_MOST_OPEN", -1)
    yaml_lines.parse.cache_clear()
    assert read(path) == fast
    assert fast.data["answer"] == "yes"
    assert fast.data["when"] == "2026-03-31"
    assert fast.line("steps", "fin", "to") == 11


@pytest.mark.parametrize("opening", ["[", "{", "- ", "? ", "[\n", "a: [\n"])
def test_what_nests_without_end_is_told_and_ends_no_process(opening: str, tmp_path: Path) -> None:
    path = tmp_path / "deep.yaml"
    for times in (yaml_lines._MOST_OPEN // 2, yaml_lines._MOST_OPEN + 1):
        path.write_text(opening * times, encoding="utf-8")
        (found,) = read(path).findings
        assert found.file.endswith("deep.yaml")

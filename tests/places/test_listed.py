"""A new list is taken over only when it looks right; an association's table tells its wrong line."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from voicebot.cli import main
from voicebot.errors import DataError
from voicebot.places import Directory, import_list, load_directory, read_local_places
from voicebot.places.listed import LIST, PACKAGED, PlaceList, packed, read_list
from voicebot.places.words import place_words

WORDS = place_words()
NEWER = date(2026, 1, 15)
COLUMNS = [*WORDS.list_columns.values(), *WORDS.list_days]
LOCAL = ";".join(WORDS.local_columns.values())


def official(
    path: Path, count: int = 2841, columns: list[str] = COLUMNS, changed: Mapping[str, str] | None = None
) -> Path:
    """A list like the official one; `changed` is put into the third place."""
    row: Mapping[str, str] = {
        "lib_fs": "France services",
        "adresse": "1 rue des Lilas",
        "code_postal": "62100",
        "lib_com": "Calais",
        "telephone": "03 21 00 00 00",
        "latitude": "50.95",
        "longitude": "1.85",
        "h_lundi": "09:00 - 12:00 / 14:00 - 17:00",
    }
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", extrasaction="ignore")
        writer.writeheader()
        writer.writerows({**row, **((changed or {}) if number == 2 else {})} for number in range(count))
    return path


def test_a_good_list_is_used_from_the_next_search_on(tmp_path: Path) -> None:
    folder = tmp_path / "places"
    assert load_directory(folder).listed_on == date(2024, 8, 1)
    import_list(official(tmp_path / "new.csv"), NEWER, folder, WORDS)
    after = load_directory(folder)
    assert after.listed_on == NEWER
    assert [near.place.phone for near in after.nearest("62100", None, "papiers")] == ["0321000000"] * 3
    assert [path.name for path in folder.iterdir()] == [LIST]


def test_the_compact_list_says_the_same_after_being_read() -> None:
    listed = read_list(PACKAGED, WORDS)
    assert packed(listed) == packed(read_list(PACKAGED, WORDS))
    assert gzip.decompress(packed(listed)) == gzip.decompress(PACKAGED.read_bytes())


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"latitude": "40.4", "longitude": "-3.7"}, "new.csv:4: .*in France"),
        ({"latitude": "quarante"}, "new.csv:4: .*in degrees"),
        ({"latitude": "nan"}, "new.csv:4: .*in France"),
        ({"telephone": "12"}, "new.csv:4: .*ten digits"),
        ({"h_lundi": "le matin"}, "new.csv:4: .*hours like"),
        ({"lib_fs": ""}, "new.csv:4: .*name"),
    ],
)
def test_a_list_with_a_wrong_line_is_refused(tmp_path: Path, changed: dict[str, str], expected: str) -> None:
    refused(official(tmp_path / "new.csv", changed=changed), expected)


def test_a_list_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    refused(official(tmp_path / "new.csv", count=2000), "at least 90 % of the 2841 places before, got 2000")


def test_a_list_without_a_column_is_refused(tmp_path: Path) -> None:
    refused(official(tmp_path / "new.csv", columns=COLUMNS[1:]), f"the columns {COLUMNS[0]} too")


def test_an_older_list_is_refused(tmp_path: Path) -> None:
    refused(official(tmp_path / "new.csv"), "newer than 2024-08-01", date(2023, 1, 1))


def test_a_file_that_is_no_list_is_refused(tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_bytes(b"\xff\xfe\x00")
    refused(tmp_path / "new.csv", "UTF-8")
    refused(tmp_path / "missing.csv", "check the path")
    (tmp_path / "empty.csv").write_bytes(b"")
    refused(tmp_path / "empty.csv", "the columns")


def refused(path: Path, expected: str, on: date = NEWER) -> None:
    folder = path.parent / "places"
    before = PlaceList(date(2024, 8, 1), read_list(PACKAGED, WORDS).places)
    folder.mkdir(exist_ok=True)
    (folder / LIST).write_bytes(packed(before))
    with pytest.raises(DataError, match=expected):
        import_list(path, on, folder, WORDS)
    assert read_list(folder / LIST, WORDS) == before
    assert [each.name for each in folder.iterdir()] == [LIST]


def test_places_without_telephone_are_left_out(tmp_path: Path) -> None:
    listed = import_list(
        official(tmp_path / "new.csv", changed={"telephone": ""}), NEWER, tmp_path / "places", WORDS
    )
    assert len(listed.places) == 2840


def local(folder: Path, *lines: str, head: str = LOCAL) -> Directory:
    (folder / "local.csv").write_text("\n".join((head, *lines)), encoding="utf-8")
    return load_directory(folder)


def test_an_associations_places_are_found_by_what_they_are_for(tmp_path: Path) -> None:
    line = "La Halte;douche;3 rue des Lilas;62100;Calais;03 21 00 00 00;le matin;;"
    near = local(tmp_path, line).nearest("62100", None, "douche")
    assert [(each.place.name, each.place.phone, round(each.km)) for each in near] == [
        ("La Halte", "0321000000", 0)
    ]
    assert local(tmp_path, line).nearest("62100", None, "manger") == ()


def test_the_example_in_the_readme_is_right(tmp_path: Path) -> None:
    text = PACKAGED.with_name("README.md").read_text(encoding="utf-8")
    lines = [line.strip() for line in text.splitlines() if line.startswith("    ") and line.count(";") == 8]
    assert len(lines) == 3
    local(tmp_path, *lines[1:], head=lines[0])
    assert [place.kind for place in read_local_places(tmp_path)] == ["douche", "papiers"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("La Halte;bain;;62100;Calais;;;;", "local.csv:2: .*one of papiers"),
        ("La Halte;douche;;;Atlantide;;;;", "local.csv:2: .*exists"),
        ("La Halte;douche;;62100;Calais;;;1,0;2,0", "local.csv:2: .*in France"),
        (";douche;;62100;Calais;;;;", "local.csv:2: .*name"),
    ],
)
def test_a_wrong_local_line_is_told_and_the_official_list_still_works(
    tmp_path: Path, line: str, expected: str
) -> None:
    directory = local(tmp_path, line)
    assert len(directory.nearest("62100", None, "papiers")) == 3
    with pytest.raises(DataError, match=expected):
        read_local_places(tmp_path)


def test_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VOICEBOT_VAR", str(tmp_path))
    new = official(tmp_path / "new.csv")
    assert main(["places", "import", str(new), "--date", "2026-01-15"]) == 0
    assert "2841 places of 2026-01-15" in capsys.readouterr().out
    assert main(["places", "import", str(new), "--date", "hier"]) == 2
    assert main(["places", "import", str(official(new, count=3)), "--date", "2026-02-01"]) == 2
    assert "90 %" in capsys.readouterr().err
    assert main(["places", "check"]) == 0
    local(tmp_path / "places", "La Halte;bain;;62100;Calais;;;;")
    assert main(["places", "check"]) == 2
    assert "local.csv:2" in capsys.readouterr().err

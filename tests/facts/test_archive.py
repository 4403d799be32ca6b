"""The archive of fiches: fetched when it changed; facts whose fiche changed since they were verified."""

from __future__ import annotations

import threading
import zipfile
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from tests.facts.test_records import fact
from voicebot.errors import DataError
from voicebot.facts.archive import Changed, changed, fetch

FICHE = """\
<?xml version="1.0" encoding="UTF-8"?>
<Publication xmlns:dc="http://purl.org/dc/elements/1.1/" ID="{id}">
<dc:title>RSA</dc:title><dc:date>modified {day}</dc:date>
<Texte>  Vous devez avoir
 {age} ans. </Texte></Publication>
"""
LAUGHS = '<!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>'


def archive(path: Path, **fiches: str) -> Path:
    with zipfile.ZipFile(path, "w") as zipped:
        for name, text in fiches.items():
            zipped.writestr(f"vosdroits/{name}.xml", text)
    return path


def fiche(day: str) -> str:
    return FICHE.format(id="F19778", day=day, age=25)


def test_a_fiche_that_changed_after_the_day_of_verification_is_told_with_its_text(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", F19778=fiche("2026-11-02"))
    facts = {"before": fact(verified_on="2026-11-01"), "after": fact(verified_on="2026-11-02")}
    (found,) = changed(facts, path)
    assert found == Changed("before", "F19778", date(2026, 11, 2), found.text)
    assert found.text == "RSA modified 2026-11-02 Vous devez avoir 25 ans."


def test_what_nobody_verified_is_measured_by_the_year_in_which_it_was_read(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", F19778=fiche("2026-01-30"))
    assert [each.id for each in changed({"old": fact(seen=2025), "new": fact(seen=2026)}, path)] == ["old"]


def test_other_fiches_and_what_cannot_be_read_are_passed_over(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", F1=fiche("2026-11-02"), F19778=LAUGHS)
    none = fact(source={"publisher": "caf.fr", "page": "RSA"})
    assert list(changed({"laughs": fact(), "none": none}, path)) == []
    broken = archive(tmp_path / "b.zip", F19778="<a>")
    assert list(changed({"broken": fact()}, broken)) == []


def test_what_is_no_archive_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_text("nothing")
    with pytest.raises(DataError, match="zip archive of fiches"):
        list(changed({"one": fact()}, tmp_path / "a.zip"))


class _Publisher(BaseHTTPRequestHandler):
    """Gives an archive with an ETag, and says when it has not changed."""

    asked: ClassVar[list[str | None]] = []
    body = b""

    def do_GET(self) -> None:
        self.asked.append(self.headers["If-None-Match"])
        same = self.headers["If-None-Match"] == '"one"'
        self.send_response(404 if self.path == "/gone" else 304 if same else 200)
        self.send_header("ETag", '"one"')
        self.send_header("Content-Length", "0" if same else str(len(self.body)))
        self.end_headers()
        self.wfile.write(b"" if same else self.body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Nothing of it is printed."""


@pytest.fixture
def publisher(tmp_path: Path) -> Iterator[str]:
    _Publisher.body = archive(tmp_path / "given.zip", F19778=fiche("2026-11-02")).read_bytes()
    _Publisher.asked.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Publisher)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_the_archive_is_fetched_once_while_it_does_not_change(tmp_path: Path, publisher: str) -> None:
    first = fetch(tmp_path / "kept", publisher)
    assert [each.id for each in changed({"one": fact()}, first)] == ["one"]
    assert fetch(tmp_path / "kept", publisher) == first
    assert _Publisher.asked == [None, '"one"']
    assert first.read_bytes() == _Publisher.body


def test_what_is_too_large_or_not_there_is_refused_and_nothing_is_left(
    tmp_path: Path, publisher: str
) -> None:
    with pytest.raises(DataError, match="at most 10 bytes"):
        fetch(tmp_path / "kept", publisher, most_bytes=10)
    with pytest.raises(DataError, match=r"archive of 127\.0\.0\.1"):
        fetch(tmp_path / "kept", f"{publisher}/gone")
    assert list((tmp_path / "kept").iterdir()) == []

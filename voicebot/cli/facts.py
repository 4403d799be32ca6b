"""`voicebot facts`: the facts that sentences state, which are out of date, and what their sources say now."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.table import Table

from voicebot.cli.command import Commands, add
from voicebot.config import read_settings
from voicebot.datafile import raise_if_any
from voicebot.facts import Fact, confirm, confirmations, read_facts, standing, with_confirmations
from voicebot.facts.archive import changed, fetch
from voicebot.facts.openfisca import PACKAGE, compare, parameters


def add_commands(commands: Commands) -> None:
    """Add `facts`."""
    facts = add(commands, "facts", "the facts that sentences state").add_subparsers(
        required=True, metavar="COMMAND"
    )
    add(facts, "list", "list all facts with their sources", _list)
    aged = add(facts, "stale", "list the facts that have expired or are to be verified again", _stale)
    aged.add_argument("--on", type=date.fromisoformat, default=date.today(), metavar="YYYY-MM-DD")
    checked = add(facts, "check", "compare facts with OpenFisca, and with service-public's archive", _check)
    checked.add_argument(
        "--archive", type=Path, metavar="ZIP", help="an archive of fiches that is here already"
    )
    checked.add_argument("--fetch", action="store_true", help="fetch service-public's archive of today first")
    confirmed = add(facts, "confirm", "keep that a person verified a fact with its source today", _confirm)
    confirmed.add_argument("id")
    confirmed.add_argument("--by", required=True, metavar="NAME", help="who verified it")


def _facts() -> dict[str, Fact]:
    facts, _, wrong = read_facts()
    raise_if_any(wrong)
    return with_confirmations(facts, confirmations(_folder()))


def _folder() -> Path:
    return read_settings().var / "facts"


def _list(options: argparse.Namespace) -> int:
    table = Table("id", "value", "source", "fiche", "verified", "standing")
    for id, fact in _facts().items():
        verified = fact.verified_on.isoformat() if fact.verified_on else "nobody"
        source = f"{fact.source.publisher}, {fact.source.page}"
        table.add_row(id, fact.value, source, fact.source.fiche or "", verified, standing(fact, date.today()))
    Console().print(table)
    return 0


def _stale(options: argparse.Namespace) -> int:
    found = {id: standing(fact, options.on) for id, fact in _facts().items()}
    late = {id: state for id, state in found.items() if state in ("expired", "to_review")}
    for id, state in late.items():
        print(f"{id}: {state.replace('_', ' ')}")
    print(f"{len(late)} facts out of date" if late else "all facts are in date")
    return int(bool(late))


def _check(options: argparse.Namespace) -> int:
    facts = _facts()
    nobody = [id for id, fact in facts.items() if fact.verified_on is None]
    print(f"{len(nobody)} of {len(facts)} facts verified by nobody: {', '.join(nobody)}")
    differing = _compared(facts)
    archive = fetch(_folder()) if options.fetch else options.archive
    return int(bool(differing + (_changed(facts, archive) if archive else 0)))


def _compared(facts: Mapping[str, Fact]) -> int:
    """Tell how many facts OpenFisca states otherwise, and which."""
    folder = parameters()
    if folder is None:
        print(f"{PACKAGE} is not installed, so nothing was compared with it (docs/operating.md)")
        return 0
    found = list(compare(facts, folder, date.today()))
    wrong = [each for each in found if not each.agrees]
    for each in wrong:
        print(f"{each.id}: {each.expected:g} here, {each.found} in OpenFisca: look it up and correct one")
    print(f"{len(found) - len(wrong)} of {len(found)} facts agree with OpenFisca")
    return len(wrong)


def _changed(facts: Mapping[str, Fact], archive: Path) -> int:
    """Tell which facts rest on a fiche that changed since."""
    found = list(changed(facts, archive))
    for each in found:
        print(f"{each.id}: fiche {each.fiche} changed on {each.modified}: read it, `voicebot facts confirm`")
    return len(found)


def _confirm(options: argparse.Namespace) -> int:
    made = confirm(_folder(), _facts(), options.id, options.by, date.today())
    print(f"{made.id}: verified on {made.on}")
    return 0

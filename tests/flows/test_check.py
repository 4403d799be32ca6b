"""Each thing that can be wrong with a flow is found, at its line, and a sound flow has no finding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from voicebot.datafile import Finding
from voicebot.flows.check import Known, check
from voicebot.flows.load import read_flows

KNOWN = Known(
    choices={"locataire", "rue", "a", "b", "c", "d", "e"},
    topics={"rsa"},
    lookups={"caf_proche": {"adresse"}},
)
CLOTURE = "flow: cloture\nstart: fin\nsteps:\n  fin: {kind: end}\n"


@dataclass(frozen=True)
class Said:
    """A prompt as the check sees it."""

    line: int = 1
    slots: frozenset[str] = frozenset()
    named_slots: frozenset[str] = frozenset()
    label: str | None = "nom"
    options: Mapping[str, str] = field(default_factory=dict)
    file: str = "fr/rsa.yaml"


PROMPTS = {
    "cloture.fin": Said(),
    "rsa.age": Said(),
    "rsa.logement": Said(options={"locataire": "je loue", "rue": "à la rue"}),
    "rsa.dit_age": Said(slots=frozenset({"age"})),
    "rsa.dit_adresse": Said(slots=frozenset({"adresse"})),
    "rsa.fin": Said(),
    "rsa.debut": Said(),
}


def findings(folder: Path, steps: str, prompts: Mapping[str, Said] | None = None) -> list[Finding]:
    """What is found in a flow `rsa` whose steps begin at line 4; prompts for its steps are supplied."""
    (folder / "cloture.yaml").write_text(CLOTURE)
    start = steps.split(":")[0].strip()
    (folder / "rsa.yaml").write_text(f"flow: rsa\nstart: {start}\nsteps:\n{steps}\n")
    written = read_flows(folder)
    assert not written.findings, written.findings
    used = {f"{flow}.{name}" for flow, each in written.flows.by_name.items() for name in each.steps}
    used |= {step.prompt for each in written.flows.by_name.values() for step in each.steps.values()}
    known = {key: said for key, said in PROMPTS.items() if key in used}
    return check(written, known if prompts is None else {**known, **prompts}, KNOWN)


SOUND = """\
  age:
    kind: ask
    slot: age
    expects: age
    unknown: logement
    routes:
      - when: {slot: age, below: 25}
        to: dit_age
    to: dit_age
  dit_age: {kind: say, to: logement}
  logement:
    kind: choose
    slot: logement
    choices: [locataire, rue]
    routes:
      - when: {slot: logement, is: rue}
        to: cloture.fin
      - when: {slot: logement, in: [locataire]}
        to: ou
  ou: {kind: lookup, lookup: caf_proche, to: dit_adresse, no: cloture.fin}
  dit_adresse: {kind: say, to: cloture.fin}"""


def test_a_sound_flow_has_no_finding(tmp_path: Path) -> None:
    # `dit_age` says the age and is reached only when it is known, `dit_adresse` only when found.
    assert not [each for each in findings(tmp_path, SOUND) if "cloture" not in each.file]


BROKEN = [
    ("  debut: {kind: say, to: fini}\n  fin: {kind: end}", 4, "l'étape « fini » n'existe pas"),
    ("  debut: {kind: say, to: apl.fin}", 4, "la démarche « apl » n'existe pas"),
    ("  debut: {kind: say, to: cloture.rien}", 4, "l'étape « rien » n'existe pas"),
    ("  debut: {kind: say}", 4, "on ne sait pas où aller"),
    (
        "  logement:\n    kind: choose\n    slot: l\n    choices: [locataire, rue]\n    routes:\n"
        "      - when: {slot: l, is: rue}\n        to: fin\n  fin: {kind: end}",
        4,
        "on ne sait pas où aller",
    ),
    ("  debut: {kind: say, to: cloture.fin}\n  fin: {kind: end}", 5, "on n'arrive jamais à l'étape « fin »"),
    (
        "  age: {kind: ask, slot: age, expects: age, unknown: cloture.fin, to: dit_age}\n"
        "  dit_age: {kind: say, more: true, to: dit_age}",
        5,
        "ne peut jamais finir",
    ),
    (
        "  debut:\n    kind: say\n    routes:\n"
        "      - when: {slot: textable, is: 'yes'}\n        to: cloture.fin\n"
        "    to: fin2\n  fin2: {kind: say, prompt: debut, to: debut}",
        4,
        "tournent en rond sans attendre la personne : debut → fin2 → debut",
    ),
    ("  age: {kind: ask, expects: age, to: cloture.fin}", 4, "n'est retenue nulle part"),
    (
        "  debut:\n    kind: say\n    routes:\n"
        "      - when: {slot: taille, below: 2}\n        to: cloture.fin\n"
        "    to: cloture.fin",
        7,
        "« taille » n'est demandé dans aucune étape",
    ),
    (
        "  debut:\n    kind: say\n    routes:\n      - when: {slot: age, below: 2}\n        to: cloture.fin\n"
        "    to: age\n  age: {kind: ask, slot: age, expects: age, to: cloture.fin}",
        7,
        "avant qu'on ait pu le demander",
    ),
    (
        "  dit_age: {kind: say, to: age}\n  age: {kind: ask, slot: age, expects: age, to: cloture.fin}",
        4,
        "avant qu'on ait pu le demander",
    ),
    (
        "  age: {kind: ask, slot: age, expects: age, unknown: dit_age, to: dit_age}\n"
        "  dit_age: {kind: say, to: cloture.fin}",
        5,
        "on peut y arriver sans l'avoir demandé",
    ),
    (
        "  ou: {kind: lookup, lookup: caf_proche, to: dit_adresse, no: dit_adresse}\n"
        "  dit_adresse: {kind: say, to: cloture.fin}",
        5,
        "dit {adresse}, mais on peut y arriver sans",
    ),
    ("  ou: {kind: lookup, lookup: caf_lointaine, to: cloture.fin}", 4, "« caf_lointaine » n'existe pas"),
    (
        "  logement:\n    kind: choose\n    slot: l\n    choices: [locataire, rue]\n    routes:\n"
        "      - when: {slot: l, is: riche}\n        to: cloture.fin\n    to: cloture.fin",
        9,
        "« l » ne vaut jamais « riche »",
    ),
    (
        "  logement: {kind: choose, slot: l, choices: [a, b, c, d, e], to: cloture.fin}",
        4,
        "il y a 5 choix",
    ),
    ("  logement: {kind: choose, slot: l, choices: [], to: cloture.fin}", 4, "aucun choix"),
    (
        "  logement:\n    kind: choose\n    slot: l\n"
        "    choices:\n      - locataire\n      - rue\n      - d\n"
        "    to: cloture.fin",
        10,
        "le choix « d » n'a pas de nom à dire",
    ),
    (
        "  logement: {kind: choose, slot: l, choices: [locataire, rue, yourte], to: cloture.fin}",
        4,
        "pas reconnaître le choix « yourte »",
    ),
    ("  debut: {kind: choose, expects: intent, choices: [yoga]}", 4, "le sujet « yoga » n'existe pas"),
    ("  debut: {kind: say, prompt: muet, to: cloture.fin}", 4, "n'a pas de texte"),
    ("  debut: {kind: say, note: muet, to: cloture.fin}", 4, "n'a pas de texte"),
    (
        "  age: {kind: confirm, slot: majeur, to: autre, no: tot}\n"
        "  tot: {kind: say, to: cloture.fin}\n"
        "  autre: {kind: confirm, slot: autre, to: cloture.fin, no: cloture.fin}",
        4,
        "à l'étape « age », une réponse finit la démarche (« tot »)",
    ),
]


@pytest.mark.parametrize(("steps", "line", "said"), BROKEN)
def test_a_broken_flow_is_told_by_file_line_and_remedy(
    tmp_path: Path, steps: str, line: int, said: str
) -> None:
    found = findings(tmp_path, steps)
    matching = [each for each in found if said in each.text]
    assert [(each.file.split("/")[-1], each.line) for each in matching] == [("rsa.yaml", line)], found
    assert matching[0].remedy


@pytest.mark.parametrize("stakes", ["usual", "high"])
def test_whoever_says_what_is_at_stake_is_not_asked_again(tmp_path: Path, stakes: str) -> None:
    steps = (
        f"  age: {{kind: confirm, stakes: {stakes}, slot: majeur, to: autre, no: tot}}\n"
        "  tot: {kind: say, to: cloture.fin}\n"
        "  autre: {kind: confirm, slot: autre, to: cloture.fin, no: cloture.fin}"
    )
    assert not [each for each in findings(tmp_path, steps) if "finit la démarche" in each.text]


LOGEMENT = "  logement: {kind: choose, slot: l, choices: [locataire, rue], to: cloture.fin}"
BROKEN_PROMPTS = [
    ({"rsa.oublie": Said(line=7)}, 7, "« rsa.oublie » ne sert à aucune étape"),
    ({"rsa.logement": Said(7, options={"rue": "r", "locataire": "l"})}, 7, "pas dans le même ordre"),
    (
        {"rsa.logement": Said(7, options={"locataire": "l", "rue": "r", "yourte": "y"})},
        7,
        "« yourte » n'est pas proposé",
    ),
    ({"rsa.logement": Said(7, label=None, options={"locataire": "l", "rue": "r"})}, 7, "pas de nom court"),
    (
        {"rsa.logement": Said(7, named_slots=frozenset({"taille"}), options={"locataire": "l", "rue": "r"})},
        7,
        "« taille:option » n'a pas de choix",
    ),
]


@pytest.mark.parametrize(("prompts", "line", "said"), BROKEN_PROMPTS)
def test_a_prompt_that_does_not_suit_its_step_is_told(
    tmp_path: Path, prompts: dict[str, Said], line: int, said: str
) -> None:
    found = findings(tmp_path, LOGEMENT, prompts)
    assert [(each.file, each.line) for each in found if said in each.text] == [("fr/rsa.yaml", line)], found


def test_lookups_are_left_alone_while_they_are_not_known(tmp_path: Path) -> None:
    assert findings(
        tmp_path,
        "  ou: {kind: lookup, lookup: autre, to: dit_adresse}\n  dit_adresse: {kind: say, to: cloture.fin}",
    )
    unchecked = Known(KNOWN.choices, KNOWN.topics)
    assert not [
        e for e in check(read_flows(tmp_path), PROMPTS, unchecked) if "autre" in e.text or "adresse" in e.text
    ]


def test_the_steps_of_an_emergency_can_be_reached_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "urgence.yaml").write_text(
        "flow: urgence\nstart: debut\nsteps:\n  debut: {kind: end}\n  suicide: {kind: end}\n"
    )
    prompts = {"urgence.debut": Said(), "urgence.suicide": Said()}
    written = read_flows(tmp_path)
    assert [each.line for each in check(written, prompts, Known((), ()))] == [5]
    assert check(written, prompts, Known((), (), dangers={"suicide"})) == []


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("to: fin}", "to: fnn}", "vouliez-vous dire : fin ?"),
        ("to: montant", "to: montent", "vouliez-vous dire : montant ?"),
        ("start: debut", "start: debutt", "vouliez-vous dire : debut ?"),
        ("slot: lettre, is", "slot: letre, is", "vouliez-vous dire : lettre ?"),
    ],
)
def test_one_slip_of_the_pen_gives_one_line_with_what_was_meant(
    before: str, after: str, line: str, tmp_path: Path
) -> None:
    right = """flow: essai
start: debut
steps:
  debut:
    kind: confirm
    slot: lettre
    routes: [{when: {slot: lettre, is: "yes"}, to: montant}]
    to: montant
    no: fin
  montant: {kind: say, to: fin}
  fin: {kind: end}
"""
    assert right.replace(before, after, 1) != right
    (tmp_path / "essai.yaml").write_text(right.replace(before, after, 1), encoding="utf-8")
    prompts = {f"essai.{name}": Said() for name in ("debut", "montant", "fin")}
    (found,) = check(read_flows(tmp_path), prompts, Known((), ("essai",)))
    assert line in found.remedy

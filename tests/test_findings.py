"""Every message of findings.yaml: a mistake that somebody makes, told by file, line and remedy."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from shutil import copy

import pytest

from tests.content_copy import ROOT
from voicebot.content.check import check_all
from voicebot.content.folders import checkout
from voicebot.datafile import Finding, read
from voicebot.prompts.measures import words

FLOW, PROMPTS = "voicebot/flows/fruits.yaml", "prompts/fr/fruits.yaml"
CHOICES, TOPICS = "voicebot/nlu/fr/choices/fruits.yaml", "prompts/fr/topics.yaml"
FACTS = "voicebot/facts/facts.yaml"
#: How an answer can be worded, as often as an answer has to be.
TWELVE = [f"{way} {{}}" for way in ("une", "la", "cette", "votre", "ma", "belle", "encore une", "bonne")]
TWELVE += [f"{{}} {way}" for way in ("merci", "bien sûr", "s'il vous plaît", "pour moi")]
MESSAGES = read(ROOT / "voicebot" / "datafile" / "findings.yaml").data
LOOKUPS = {"marche_proche": {"marche"}}


def worded(name: str) -> str:
    """`name` in twelve wordings, as YAML."""
    return json.dumps([way.format(name) for way in TWELVE], ensure_ascii=False)


#: A procedure in which nothing is wrong.
FILES = {
    FLOW: """\
flow: fruits
start: besoin
card: [bonjour]
facts:
  - {name: prix, about: le prix, source: marche.fr, seen: 2025, verified_on: null, expires: 2030-12-31}
steps:
  besoin:
    kind: choose
    slot: besoin
    shared: true
    choices: [pomme, poire]
    routes:
      - {when: {slot: besoin, is: pomme}, to: age}
    to: prix
  age:
    kind: ask
    slot: age
    expects: age
    to: dit_age
    unknown: prix
  dit_age: {kind: say, to: prix}
  prix: {kind: say, fact: prix, to: papiers}
  papiers: {kind: documents, documents: [rib], to: ou}
  ou: {kind: lookup, lookup: marche_proche, to: trouve, no: accord}
  trouve: {kind: say, to: accord}
  accord: {kind: confirm, slot: accord, to: fin, no: bonjour}
  bonjour: {kind: say, to: fin}
  fin: {kind: end}
""",
    PROMPTS: """\
besoin:
  ask: "Quel fruit voulez-vous ?"
  label: "le fruit"
  options:
    pomme: "une pomme"
    poire: "une poire"
age: {ask: "Quel âge avez-vous ?", label: "votre âge"}
dit_age: "Vous avez {age} ans, et vous voulez {besoin:option}."
prix: "Le fruit coûte 2 euros."
prix_sans_chiffre: "Le fruit n'est pas cher."
trouve: "Le marché : {marche}."
accord: {ask: "C'est bon ?", label: "votre accord"}
bonjour: "Bonjour, et merci."
fin: "Au revoir."
""",
    "prompts/fr/documents.yaml": """\
debut: "Voyons les papiers."
reponse:
  ask: "L'avez-vous ?"
  options: {je_l_ai: "oui", je_ne_l_ai_pas: "non", c_est_quoi: "c'est quoi"}
complet: "Très bien."
manque: "Il vous manque un papier."
rib: {ask: "Le RIB : l'avez-vous ?", label: "le RIB"}
rib_explication: "C'est une feuille de la banque. L'avez-vous ?"
rib_obtenir: "Demandez-le à la banque."
rib_note: "Il manque le RIB."
""",
    "prompts/fr/common.yaml": 'oui: "oui"\nnon: "non"\n',
    "prompts/fr/jargon.yaml": "avoid: {cliquez: dites « appuyez »}\nexplain: {cerfa: [formulaire]}\n"
    "telephone: [tapez]\n",
    "prompts/fr/long_values.yaml": 'value: "Saint-Germain-en-Laye"\n',
    TOPICS: "fruits: {label: les fruits, who: le marché, number: '3939'}\n",
    FACTS: """\
prix:
  value: deux euros
  sentence: "Le fruit coûte deux euros."
  source: {publisher: le marché, page: les prix}
  seen: 2026
  verified_on: null
  review_by: 2027-01-01
  words: ["2 euros"]
  prompts: [fruits.prix]
""",
    "voicebot/flows/documents.yaml": "documents:\n  rib: []\n",
    "voicebot/nlu/fr/danger.yaml": "{}\n",
    CHOICES: f"pomme: {worded('pomme')}\npoire: {worded('poire')}\nje_l_ai: [oui]\nje_ne_l_ai_pas: [non]\n"
    "c_est_quoi: [quoi]\n",
}


@dataclass(frozen=True)
class Mistake:
    """Instead of `old` somebody writes `new` in `file`; it is told in `told` at the first line with `at`."""

    file: str
    old: str
    new: str
    at: str
    told: str = ""

    @property
    def told_in(self) -> str:
        return self.told or self.file


def said(new: str, at: str = "bonjour:") -> Mistake:
    """Another sentence for one step."""
    return Mistake(PROMPTS, 'bonjour: "Bonjour, et merci."', f"bonjour: {new}", at)


def flow(old: str, new: str, at: str) -> Mistake:
    return Mistake(FLOW, old, new, at)


#: What stands before a remedy when a name resembles another one: tests/flows/test_check.py.
GUESS = "meant"
LONG = "Vous devez aller à la mairie avec votre carte et les papiers de tous vos enfants demain matin."
SLOW = "Appelez le 09 71 10 39 60 ou le 0 809 401 401. Encore, le 09 71 10 39 60 ou le 0 809 401 401."
COSTLY = "{marche} et {marche}. " * 12
HARD = "L'administration préfectorale communiquera prochainement sa décision."

MISTAKES = {
    "fact_unsaid": Mistake(FACTS, 'words: ["2 euros"]', "words: [trois]", "  prompts:"),
    "literal_fact": said('"Bonjour, {fact:prix}. Oui, deux euros."'),
    "number_without_fact": said('"Attendez six mois."'),
    "topic_without_number": Mistake(
        TOPICS, "fruits:", "legumes: {label: les légumes, who: le marché}\nfruits:", "legumes:"
    ),
    # Where there is a star nothing is written instead of a file.
    "absent": Mistake(TOPICS, "*", "", "", TOPICS),
    "unreadable": flow("start: besoin", "start: [besoin", "card:"),
    "not_text": Mistake(PROMPTS, "Bonjour", "\udcff", "besoin:"),
    "duplicate": flow("  fin: {kind: end}", "  fin: {kind: end}\n  age: {kind: end}", "  age: {kind: end}"),
    "missing": flow("start: besoin\n", "", "flow:"),
    "extra_forbidden": flow("to: dit_age", "too: dit_age", "too:"),
    "literal_error": flow("expects: age", "expects: pointure", "pointure"),
    "union_tag_invalid": flow("bonjour: {kind: say", "bonjour: {kind: dire", "kind: dire"),
    "union_tag_not_found": flow("bonjour: {kind: say, ", "bonjour: {", "  bonjour:"),
    "string_type": flow("about: le prix", "about: 12", "about: 12"),
    "string_too_short": said('""'),
    "string_pattern_mismatch": flow("slot: age\n", "slot: Mon Âge\n", "Mon Âge"),
    "bool_parsing": flow("shared: true", "shared: oui", "shared: oui"),
    "date_from_datetime_parsing": flow("2030-12-31", "2030-02-31", "2030-02-31"),
    "one_condition": flow("is: pomme}", "is: pomme, in: [poire]}", "in: [poire]"),
    "number_expected": flow("seen: 2025", "seen: jamais", "jamais"),
    "list_expected": flow("documents: [rib]", "documents: rib", "documents: rib"),
    "block_expected": flow("{kind: end}", "end", "fin: end"),
    "too_short": flow("documents: [rib]", "documents: []", "documents: []"),
    "not_comparable": flow("is: pomme", "is: true", "is: true"),
    "wrong_shape": flow("shared: true", "shared: [oui]", "shared:"),
    "file_name": flow("flow: fruits", "flow: legumes", "flow: legumes"),
    "unknown_start": flow("start: besoin", "start: besoins", "start:"),
    "unknown_step": flow("bonjour: {kind: say, to: fin}", "bonjour: {kind: say, to: fini}", "to: fini"),
    "unknown_flow": flow("bonjour: {kind: say, to: fin}", "bonjour: {kind: say, to: loin.fin}", "loin.fin"),
    "no_way_out": flow("    to: prix\n  age", "  age", "  besoin:"),
    "unreachable": flow("no: bonjour", "no: fin", "  bonjour:"),
    "never_ends": flow(
        "  bonjour: {kind: say, to: fin}", "  bonjour: {kind: say, more: true, to: bonjour}", "  bonjour:"
    ),
    "endless_loop": flow(
        "  bonjour: {kind: say, to: fin}", "  bonjour: {kind: say, to: bonjour}", "  bonjour:"
    ),
    "missing_slot": flow("    slot: age\n", "", "  age:"),
    "unknown_slot": flow("{slot: besoin, is", "{slot: taille, is", "taille"),
    "slot_too_early": flow("{slot: besoin, is: pomme}", "{slot: age, below: 9}", "below: 9"),
    "slot_may_miss": flow("unknown: prix", "unknown: dit_age", "  dit_age:"),
    "never_fits": flow("is: pomme", "is: banane", "is: banane"),
    "too_many_choices": flow("[pomme, poire]", "[pomme, poire, a, b, c]", "choices:"),
    "no_choices": flow("[pomme, poire]", "[]", "choices: []"),
    "unknown_choice": flow("[pomme, poire]", "[pomme, poirre]", "choices:"),
    "missing_label": Mistake(PROMPTS, '    poire: "une poire"\n', "", "choices:", FLOW),
    "unused_label": Mistake(PROMPTS, '    poire: "une poire"', '    poire: "p"\n    figue: "f"', "besoin:"),
    "label_order": Mistake(FLOW, "[pomme, poire]", "[poire, pomme]", "besoin:", PROMPTS),
    "missing_phrases": Mistake(CHOICES, f"poire: {worded('poire')}\n", "", "choices:", FLOW),
    "few_wordings": Mistake(CHOICES, f"poire: {worded('poire')}", "poire: [une poire]", "  besoin:", FLOW),
    "unmarked_stakes": flow("is: pomme}, to: age", "is: pomme}, to: fin", "  besoin:"),
    "unknown_topic": flow(
        "    kind: choose\n    slot: besoin\n    shared: true\n    choices: [pomme, poire]",
        "    kind: choose\n    slot: besoin\n    expects: intent\n    choices: [pomme]",
        "choices: [pomme]",
    ),
    "unknown_lookup": flow("lookup: marche_proche", "lookup: marche_loin", "marche_loin"),
    "unknown_document": flow("documents: [rib]", "documents: [bail]", "[bail]"),
    "document_twice": flow("documents: [rib]", "documents: [rib, rib]", "[rib, rib]"),
    "unknown_fact": flow("fact: prix, to", "fact: tarif, to", "fact: tarif"),
    "unsafe": Mistake(PROMPTS, 'prix_sans_chiffre: "Le fruit n\'est pas cher."\n', "", "  prix:", FLOW),
    "untold_fact": flow("kind: say, fact: prix, to", "kind: say, to", "{name: prix"),
    "amount_without_fact": said('"Bonjour, cela coûte 3 euros."'),
    "shared_unkept": flow("kind: confirm, slot: accord,", "kind: confirm, shared: true,", "  accord:"),
    "shared_differs": flow(
        "kind: confirm, slot: accord,", "kind: confirm, shared: true, slot: besoin,", "shared: true"
    ),
    "missing_prompt": Mistake(PROMPTS, 'fin: "Au revoir."\n', "", "  fin:", FLOW),
    "unused_prompt": Mistake(PROMPTS, 'fin: "Au revoir."', 'fin: "Au revoir."\nfine: "Adieu."', "fine:"),
    "missing_name": Mistake(PROMPTS, ', label: "votre âge"', "", "age:"),
    "bad_placeholder": said('"Bonjour {prenom nom}."'),
    "slot_in_label": Mistake(PROMPTS, 'label: "votre âge"', 'label: "vos {age} ans"', "age:"),
    "placeholder_option": Mistake(PROMPTS, "{besoin:option}", "{age:option}", "dit_age:"),
    "missing_card_line": flow("card: [bonjour]", "card: [bonsoir]", "card:"),
    "card_line_with_slot": flow("card: [bonjour]", "card: [dit_age]", "card:"),
    "too_many_sentences": said('"Un. Deux. Trois."'),
    "too_many_segments": said(f'"{"Très bien, merci. " * 25}"'),
    "too_much_by_text": Mistake(
        PROMPTS, 'bonjour: "Bonjour, et merci."', f'bonjour: "{"Très bien, merci. " * 25}"', "  accord:", FLOW
    ),
    "telephone_word": said('"Tapez un."'),
    "only_for_voice": said('"Dites bonjour."'),
    "sentence_too_long": said(f'"{LONG}"'),
    "name_too_long": Mistake(
        PROMPTS, '"une poire"', '"une poire bien mûre, ou alors deux, ou trois"', "options:"
    ),
    "speech_too_long": said(f'"{SLOW}"'),
    "hard_to_read": said(f'"{HARD}"'),
    "number_said_once": said('"Appelez le 3646."'),
    "avoid_word": said('"Cliquez ici."'),
    "unexplained": said('"Prenez le cerfa."'),
}


def write(folder: Path) -> Path:
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    copy(ROOT / "prompts" / "fr" / "words.yaml", folder / "prompts" / "fr" / "words.yaml")
    return folder


def spoil(folder: Path, mistake: Mistake) -> list[str]:
    """Make the mistake; the lines of the file in which it is told."""
    path = folder / mistake.file
    text = path.read_text(encoding="utf-8")
    if mistake.old == "*":
        path.unlink()
        return [""]
    assert mistake.old in text, mistake.old
    path.write_bytes(text.replace(mistake.old, mistake.new, 1).encode("utf-8", "surrogateescape"))
    return (folder / mistake.told_in).read_text(encoding="utf-8", errors="replace").splitlines()


def as_pattern(template: str) -> re.Pattern[str]:
    """What a message of findings.yaml looks like when it is filled in."""
    parts = re.split(r"\{\w+\}", template.replace("{{{", "{{ {").replace("}}}", "} }}"))
    plain = [
        re.escape(part.replace("{{ ", "{").replace(" }}", "}").replace("{{", "{").replace("}}", "}"))
        for part in parts
    ]
    return re.compile(".+".join(plain))


def found_by(code: str, findings: list[Finding]) -> list[Finding]:
    text, remedy = as_pattern(MESSAGES[code]["text"]), as_pattern(MESSAGES[code]["remedy"])
    guess = as_pattern(MESSAGES[GUESS]["text"])
    remedy = re.compile(f"(?:{guess.pattern} )?{remedy.pattern}")
    return [each for each in findings if text.fullmatch(each.text) and remedy.fullmatch(each.remedy)]


def test_nothing_is_found_where_nothing_is_wrong(tmp_path: Path) -> None:
    assert check_all(checkout(write(tmp_path)), LOOKUPS) == []


def test_each_message_has_its_mistake() -> None:
    missing = sorted(set(MESSAGES) - set(MISTAKES) - OF_AN_OWN_FOLDER - {GUESS})
    assert missing == [], "show here how these happen"
    assert sorted(set(MISTAKES) - set(MESSAGES)) == []


@pytest.mark.parametrize("code", MISTAKES)
def test_the_mistake_is_told_by_file_line_and_remedy(code: str, tmp_path: Path) -> None:
    mistake = MISTAKES[code]
    lines = spoil(write(tmp_path), mistake)
    findings = check_all(checkout(tmp_path), LOOKUPS)
    matching = found_by(code, findings)
    assert matching, f"{code} was not found among: " + "\n".join(map(str, findings))
    line = next(number for number, text in enumerate(lines, start=1) if mistake.at in text)
    where = {(each.file.split("/")[-1], each.line) for each in matching}
    assert (mistake.told_in.split("/")[-1], line) in where


@pytest.mark.parametrize("code", MESSAGES)
def test_a_message_is_short_french_and_names_no_machinery(code: str) -> None:
    message = MESSAGES[code]
    assert set(message) == {"text", "remedy"}
    assert len(words(message["text"])) <= 25
    assert len(words(message["remedy"])) <= 35
    together = f"{message['text']} {message['remedy']}".lower()
    machinery = (
        "pydantic",
        "json",
        "yaml 1",
        "parse",
        "token",
        "null pointer",
        "exception",
        "none",
        "schema ",
    )
    assert [word for word in machinery if word in together] == []


#: Only an association's own folder can have these: tests/content/test_folders.py.
OF_AN_OWN_FOLDER = {"nobody_reads"}
NAMES = [
    Mistake(PROMPTS, 'label: "le fruit"', 'label: "le justificatif"', "label:"),
    Mistake(PROMPTS, '"une poire"', '"un justificatif"', "options:"),
    Mistake(TOPICS, "les fruits", "le justificatif", "fruits:"),
    Mistake(TOPICS, "le marché", "le service justificatif", "fruits:"),
]


@pytest.mark.parametrize("mistake", NAMES, ids=lambda one: one.new)
def test_names_of_questions_choices_and_procedures_are_plain_too(mistake: Mistake, tmp_path: Path) -> None:
    (write(tmp_path) / "prompts" / "fr" / "jargon.yaml").write_text(
        "avoid: {justificatif: non}\nexplain: {}\n"
    )
    lines = spoil(tmp_path, mistake)
    line = next(number for number, text in enumerate(lines, start=1) if mistake.at in text)
    (found,) = found_by("avoid_word", check_all(checkout(tmp_path), LOOKUPS))
    assert (found.file.split("/")[-1], found.line) == (mistake.file.split("/")[-1], line)

"""What the core wants said becomes words for the voice, the keypad and SMS."""

from __future__ import annotations

import timeit
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.prompts.folder import write
from voicebot.app import PROMPTS
from voicebot.dialogue.action import Option, Say, Variant
from voicebot.dialogue.event import Channel
from voicebot.dialogue.meaning import Value
from voicebot.errors import PromptError
from voicebot.prompts import Prompts
from voicebot.sound import Pause, Speech

LOGEMENT = (
    Option("locataire", "1", "rsa.logement.locataire"),
    Option("rue", "2", "rsa.logement.rue"),
    Option("autre", "3", "common.autre"),
)
YES_NO = (Option("yes", "1", "common.oui"), Option("no", "2", "common.non"))


@pytest.fixture(scope="module")
def prompts(tmp_path_factory: pytest.TempPathFactory) -> Prompts:
    return Prompts.load(write(tmp_path_factory.mktemp("fr")))


def said(prompts: Prompts, key: str, channel: Channel = "voice", **slots: Value) -> str:
    return prompts.text(prompts.render(Say(key, slots=slots), channel))


def test_a_sentence_without_slots_can_be_a_human_recording(prompts: Prompts) -> None:
    assert prompts.render(Say("rsa.age"), "voice") == (Speech("Quel âge avez-vous ?", "rsa.age.ask"),)


def test_options_are_spoken_with_their_keys_and_half_a_second_between(prompts: Prompts) -> None:
    assert prompts.render(Say("rsa.logement", options=LOGEMENT), "voice") == (
        Speech("Où dormez-vous ?", "rsa.logement.ask"),
        Pause(0.5),
        Speech("je paie un loyer, tapez 1.", "rsa.logement.locataire.1"),
        Pause(0.5),
        Speech("à la rue, tapez 2.", "rsa.logement.rue.2"),
        Pause(0.5),
        Speech("autre chose, tapez 3.", "common.autre.3"),
    )


def test_options_are_numbered_lines_in_one_sms(prompts: Prompts) -> None:
    pieces = prompts.render(Say("rsa.logement", options=LOGEMENT), "sms")
    lines = "Où dormez-vous ?\n1 je paie un loyer\n2 à la rue\n3 autre chose"
    assert pieces == (Speech(lines, "rsa.logement.ask"),)


def test_yes_and_no_by_sms_are_lines_too(prompts: Prompts) -> None:
    text = prompts.text(prompts.render(Say("rsa.enfant", options=YES_NO), "sms"))
    assert text == "Un enfant ?\n1 oui\n2 non"


VARIANTS: list[tuple[str, Variant, Channel, str]] = [
    ("rsa.age", "ask", "voice", "Quel âge avez-vous ?"),
    ("rsa.age", "retry", "voice", "Dites par exemple trente ans."),
    ("rsa.age", "help", "voice", "Il faut l'âge pour le RSA."),
    ("rsa.age", "keys", "voice", "Tapez votre âge, puis dièse."),
    ("rsa.age", "ask", "keypad", "Tapez votre âge, puis dièse."),
    ("rsa.age", "retry", "keypad", "Tapez votre âge, puis dièse."),
    ("rsa.age", "ask", "sms", "Votre âge ?"),
    ("rsa.age", "keys", "sms", "Votre âge ?"),
    ("rsa.age", "retry", "sms", "Écrivez par exemple trente ans."),
    ("rsa.enfant", "retry", "voice", "Un enfant ?"),
    ("rsa.enfant", "keys", "keypad", "Un enfant ?"),
    ("rsa.enfant", "help", "voice", "Un enfant ?"),
    ("rsa.enfant", "ask", "sms", "Un enfant ?"),
]


@pytest.mark.parametrize(("key", "variant", "channel", "text"), VARIANTS)
def test_each_variant_falls_back_to_what_is_written(
    prompts: Prompts, key: str, variant: Variant, channel: Channel, text: str
) -> None:
    assert prompts.text(prompts.render(Say(key, variant), channel)) == text


STYLES: list[tuple[str, Value, str, str]] = [
    ("common.value", 34, "J'ai compris 34.", "J'ai compris 34."),
    ("common.value", 12.0, "J'ai compris 12.", "J'ai compris 12."),
    ("common.value", 1.5, "J'ai compris 1,5.", "J'ai compris 1,5."),
    ("common.value", "{age}", "J'ai compris {age}.", "J'ai compris {age}."),
    ("common.value_digits", "75018", "7, 5, 0, 1, 8.", "75018."),
    ("common.value_phone", "0612345678", "06, 12, 34, 56, 78.", "06 12 34 56 78."),
    ("common.value_phone", "3230", "32, 30.", "3230."),
    ("common.value_phone", "115", "115.", "115."),
    ("common.value_euros", 1, "1 euro.", "1 €."),
    ("common.value_euros", 412, "412 euros.", "412 €."),
    ("common.value_euros", 412.5, "412 euros 50.", "412,50 €."),
    ("common.value_euros", 0.05, "0 euros 5.", "0,05 €."),
    ("common.value_euros", -3, "-3.", "-3."),
    ("common.value_euros", float("nan"), "nan.", "nan."),
    ("common.value_euros", "beaucoup", "beaucoup.", "beaucoup."),
    ("common.value_date", "1985-03-12", "12 mars 1985.", "12 mars 1985."),
    ("common.value_date", "1985-08-01", "premier août 1985.", "1er août 1985."),
    ("common.value_date", "hier", "hier.", "hier."),
    ("common.value_month", 2, "février.", "février."),
    ("common.value_month", "2026-12", "décembre 2026.", "décembre 2026."),
    ("common.value_month", 13, "13.", "13."),
    ("common.value_choice", "rsa.logement.rue", "à la rue.", "à la rue."),
    ("common.value_choice", "topics.rsa", "le RSA.", "le RSA."),
]


@pytest.mark.parametrize(("key", "value", "spoken", "texted"), STYLES)
def test_values_are_said_and_texted_in_their_style(
    prompts: Prompts, key: str, value: Value, spoken: str, texted: str
) -> None:
    assert said(prompts, key, "voice", value=value) == spoken
    assert said(prompts, key, "sms", value=value) == texted


@pytest.mark.parametrize(
    ("papers", "told"),
    [
        ("rib", "le RIB."),
        ("rib,bail", "le RIB et le bail."),
        ("rib,bail,photo", "le RIB, le bail et une photo."),
    ],
)
def test_papers_are_told_as_a_list_of_their_names(tmp_path: Path, papers: str, told: str) -> None:
    names = {"rib": "le RIB", "bail": "le bail", "photo": "une photo"}
    written = "".join(f"{paper}: {{ask: L'avez-vous ?, label: {name}}}\n" for paper, name in names.items())
    folder = write(tmp_path, documents=written + 'manque: "{missing:papers}."\n')
    prompts = Prompts.load(folder)
    assert said(prompts, "documents.manque", missing=papers) == told
    assert prompts.caption("documents.rib:label") == "le RIB"
    assert prompts.caption("documents.rib") == "L'avez-vous ?"


def test_a_topic_is_said_by_its_name_its_service_and_its_number(prompts: Prompts) -> None:
    assert said(prompts, "common.topic", topic="rsa") == "le RSA, la CAF, 32, 30."
    assert said(prompts, "common.topic", "sms", topic="impots") == "les impôts, les impôts, 08 09 40 14 01."
    assert said(prompts, "common.topic", topic="urgence") == "une urgence, les secours, 112."


def test_a_choice_made_earlier_is_said_by_its_name_and_never_recorded(prompts: Prompts) -> None:
    say = Say("rsa.resume", slots={"age": 34, "logement": "rue", "naissance": "1990-01-01"})
    assert prompts.render(say, "voice") == (Speech("Âge 34, à la rue, né le premier janvier 1990.", None),)


def test_a_slot_that_is_not_known_is_named(prompts: Prompts) -> None:
    with pytest.raises(PromptError, match="'value'"):
        said(prompts, "common.value")


def test_an_unknown_prompt_or_label_is_named(prompts: Prompts) -> None:
    with pytest.raises(PromptError, match=r"'rsa\.rien'"):
        said(prompts, "rsa.rien")
    with pytest.raises(PromptError, match=r"'rsa\.logement\.yourte'"):
        prompts.label("rsa.logement.yourte")


def test_questions_topics_and_choices_have_names(prompts: Prompts) -> None:
    names = ["topics.rsa", "rsa.age", "rsa.logement.locataire", "common.oui"]
    assert [prompts.label(name) for name in names] == ["le RSA", "votre âge", "je paie un loyer", "oui"]


def test_a_caption_never_fails(prompts: Prompts) -> None:
    assert prompts.caption("rsa.resume") == "Âge …, …, né le …."
    assert prompts.caption("rsa.logement.rue") == "à la rue"
    assert prompts.caption("rien.du.tout") == "rien.du.tout"


def test_everything_that_never_changes_can_be_rendered_ahead(prompts: Prompts) -> None:
    ahead = set(prompts.static())
    for say in (Say("rsa.age"), Say("rsa.age", "keys"), Say("rsa.logement", options=LOGEMENT)):
        spoken = {piece for piece in prompts.render(say, "voice") if isinstance(piece, Speech)}
        assert spoken <= ahead
    assert Speech("le RSA, tapez 1.", "topics.rsa.1") in ahead
    assert not any("{" in piece.text or piece.key is None for piece in ahead)
    assert len({piece.key for piece in ahead}) == len(ahead)


@given(
    key=st.sampled_from(sorted({key for key, _, _, _ in STYLES})),
    value=st.one_of(st.text(), st.integers(), st.floats(), st.from_regex(r"\d{1,12}", fullmatch=True)),
    channel=st.sampled_from(["voice", "keypad", "sms"]),
)
def test_no_value_of_a_known_slot_can_stop_a_prompt(
    prompts: Prompts, key: str, value: Value, channel: Channel
) -> None:
    assert said(prompts, key, channel, value=value).endswith(".")


@given(topic=st.text(), age=st.integers(), home=st.text(), born=st.one_of(st.text(), st.dates().map(str)))
def test_no_values_can_stop_names_and_dates(
    prompts: Prompts, topic: str, age: int, home: str, born: str
) -> None:
    assert said(prompts, "common.topic", topic=topic)
    assert said(prompts, "rsa.resume", age=age, logement=home, naissance=born)


def test_rendering_takes_no_time_that_a_caller_could_notice(prompts: Prompts) -> None:
    slots: dict[str, Value] = {"age": 34, "logement": "rue", "naissance": "1990-01-01"}
    say = Say("rsa.resume", slots=slots, options=LOGEMENT)
    fastest = min(timeit.repeat(lambda: prompts.render(say, "voice"), number=100, repeat=5)) / 100
    assert fastest < 0.0005, f"{fastest * 1e6:.0f} µs"


def test_who_reads_is_asked_to_write_and_not_to_say() -> None:
    prompts = Prompts.load(PROMPTS)
    retried = prompts.text(prompts.render(Say("rsa.age", "retry"), "sms"))
    assert "crivez" in retried
    assert "ites" not in retried
    assert "Dites" in prompts.text(prompts.render(Say("rsa.age", "retry"), "voice"))


def test_a_fact_that_nobody_verified_for_long_is_told_with_care() -> None:
    real = Prompts.load(PROMPTS)
    said = Say("handicap.refus_silence")
    early, late = (replace(real, today=lambda day=day: day) for day in (date(2023, 1, 1), date(2026, 11, 28)))
    care = "À vérifier avec la MDPH."
    assert care not in Prompts.text(early.render(said, "voice"))
    assert Prompts.text(late.render(said, "voice")).endswith(care)
    assert care in Prompts.text(late.render(said, "sms"))
    assert care not in Prompts.text(late.render(replace(said, variant="help"), "voice"))
    assert any(text.text == care for text in real.static()), "it is rendered before anybody calls"
    asked = Prompts.text(late.render(Say("ame.trois_mois"), "voice"))
    assert "vérifier" not in asked, "a question states nothing"
    audience = Prompts.text(late.render(Say("expulsion.audience"), "voice"))
    assert "vérifier" not in audience, "only its help states a fact"


@pytest.mark.parametrize("variant", ["ask", "retry", "keys", "help"])
def test_by_keypad_nobody_is_told_to_speak(prompts: Prompts, variant: Variant) -> None:
    """Nobody listens there. What is said of later calls and of offices ("à la mairie, dites…") may stay."""
    told = []
    for key, entry in prompts.entries.items():
        if not any("{" in text for text in entry.texts.values()) and entry.texts["ask"]:
            text = prompts.text(prompts.render(Say(key, variant), "keypad"))
            told += [(key, text)] if text.startswith(("Dites ", "Parlez ")) else []
    assert [key for key, _ in told if not key.startswith(("sms.", "studio."))] == []

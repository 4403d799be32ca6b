"""Danger words: acted upon at once when plain, asked back when not, and not imagined."""

from __future__ import annotations

import pytest

from benchmarks.dangers import NONE, SETS, DangerHeard, heard, read
from voicebot.app import FLOWS, PROMPTS
from voicebot.datafile import read as read_data
from voicebot.dialogue.meaning import Expecting
from voicebot.flows.load import load_flows
from voicebot.nlu import Understanding
from voicebot.nlu.understanding import PACKAGED
from voicebot.prompts import Prompts


@pytest.mark.parametrize(
    ("text", "danger"),
    [
        ("je vais me foutre en l'air", "suicide"),
        ("j'en peux plus je veux mourir", "suicide"),
        ("bonjour excusez-moi de vous déranger mon mari me tape dessus tous les soirs", "violence"),
        ("il y a le feu chez moi", "incendie"),
        ("ça sent le gaz", "gaz"),
        ("le voisin frappe ses enfants", "enfant"),
        ("mon fils ne respire plus", "medical"),
        ("quelqu'un essaye de forcer ma porte", "intrusion"),
        ("je sais pas où dormir ce soir", "rue"),
        ("il va me tuer il a un couteau", "menace"),
        ("mon ex a dit qu'il allait venir me tuer", "menace"),
        ("mon mari est mort je veux me tuer", "suicide"),
        ("je vais me tuer", "suicide"),
        ("venez vite mon père fait un malaise", "medical"),
        ("au secours il y a le feu", "incendie"),
        ("venez vite c'est grave", "danger"),
        ("au secours", "danger"),
    ],
)
def test_a_plain_danger_is_sure(understanding: Understanding, text: str, danger: str) -> None:
    meaning = understanding.interpret(text, Expecting())

    assert (meaning.danger, meaning.certainty) == (danger, "sure")
    assert meaning.intent == ("hebergement_urgence" if danger == "rue" else "urgence")


def test_a_danger_is_heard_at_any_question_and_in_a_text_message(understanding: Understanding) -> None:
    assert understanding.interpret("mon mari me frappe", Expecting("yes_no")).danger == "violence"
    assert understanding.interpret("mn mari me frape", Expecting("age"), "sms").danger == "violence"
    assert understanding.interpret("jveu me suicidé", Expecting(), "sms").danger == "suicide"


@pytest.mark.parametrize(
    "text",
    [
        "ça me tue",
        "je meurs de faim",
        "le feu rouge est vert",
        "personne me frappe",
        "je vais au secours populaire",
        "je suis mort de fatigue",
        "je suis morte de fatigue avec tous ces papiers à remplir pour la caf et le travail",
        "mon mari est mort l'an dernier et je voudrais la réversion",
        "ils me tuent avec leurs papiers",
        "j'ai sauté de joie",
        "le prix du gaz me tue",
    ],
)
def test_a_figure_of_speech_is_no_danger(understanding: Understanding, text: str) -> None:
    assert understanding.interpret(text, Expecting()).danger is None


@pytest.mark.parametrize(
    ("text", "danger"),
    [
        (
            "bonjour madame alors voilà je vous appelle pour le loyer que je peux plus payer et puis mon "
            "mari est parti et franchement je veux mourir j'en peux plus",
            "suicide",
        ),
        (
            "oui c'est pour ma carte vitale mais attendez y a mon voisin qui est tombé dans l'escalier et "
            "il respire plus",
            "medical",
        ),
        ("je voulais parler du rsa mais là mon mari me frappe depuis des mois et j'ai peur", "violence"),
    ],
)
def test_a_danger_is_heard_in_the_middle_of_a_long_sentence(
    understanding: Understanding, text: str, danger: str
) -> None:
    meaning = understanding.interpret(text, Expecting())

    assert (meaning.danger, meaning.intent) == (danger, "urgence")
    assert meaning.certainty in ("sure", "unsure")


@pytest.mark.parametrize(
    "text", ["j'en peux plus de vivre comme ça", "j'ai peur chez moi", "je vais craquer"]
)
def test_a_hint_of_danger_is_asked_about(understanding: Understanding, text: str) -> None:
    meaning = understanding.interpret(text, Expecting())

    assert (meaning.intent, meaning.certainty) == ("urgence", "unsure")


def test_what_is_long_over_is_asked_back(understanding: Understanding) -> None:
    meaning = understanding.interpret("mon mari me frappait quand j'étais jeune", Expecting())

    assert (meaning.danger, meaning.certainty) == ("violence", "unsure")


def test_sleeping_outside_without_tonight_is_a_request_not_a_danger(understanding: Understanding) -> None:
    meaning = understanding.interpret("je dors dehors depuis une semaine", Expecting())

    assert (meaning.intent, meaning.certainty, meaning.danger) == ("hebergement_urgence", "sure", None)


def test_danger_words_beside_another_clear_request_are_asked_back(understanding: Understanding) -> None:
    text = "mon père a fait un malaise l'an dernier et on voudrait un dossier mdph pour une aide humaine"
    meaning = understanding.interpret(text, Expecting())

    assert meaning.certainty == "unsure" or meaning.intent == "handicap"


@pytest.fixture(scope="module", params=sorted(SETS))
def said(understanding: Understanding, request: pytest.FixtureRequest) -> list[DangerHeard]:
    return list(heard(understanding, read(SETS[request.param])))


def test_every_class_has_forty_wordings_and_half_of_them_are_held_out() -> None:
    for path in SETS.values():
        rows = [each.danger for each in read(path)]
        assert len(rows) - rows.count(NONE) >= 13 * 20
        assert all(rows.count(danger) >= 20 for danger in set(rows))


def test_nine_of_ten_wordings_of_each_class_get_their_number(said: list[DangerHeard]) -> None:
    """Counted and never named, so that nothing is learned from those held out."""
    told: dict[str, list[bool]] = {}
    for each in said:
        told.setdefault(each.sentence.danger, []).append(each.told)
    everything = [got for danger, all_ in told.items() if danger != NONE for got in all_]
    assert sum(everything) >= 0.9 * len(everything)
    assert all(sum(got) >= 0.75 * len(got) for danger, got in told.items() if danger != NONE)


def test_almost_nothing_harmless_is_taken_for_a_danger(said: list[DangerHeard]) -> None:
    harmless = [each for each in said if each.sentence.danger == NONE]
    assert sum(each.sure for each in harmless) <= 0.06 * len(harmless)


def test_every_danger_has_its_step_and_a_question_with_its_number() -> None:
    flows, prompts = load_flows(FLOWS), Prompts.load(PROMPTS)
    for danger in read_data(PACKAGED / "danger.yaml").data:
        assert flows.danger_place(danger).step == danger
        entry = prompts.entries[f"common.danger_{danger}"]
        for variant in ("ask", "sms"):
            assert (
                any(letter.isdigit() for letter in entry.texts[variant]) or "banque" in entry.texts[variant]
            )


@pytest.mark.parametrize("text", ["j'ai faim", "on a plus rien à manger", "mes enfants ont faim"])
def test_who_is_hungry_is_not_asked_what_they_need(understanding: Understanding, text: str) -> None:
    meaning = understanding.interpret(text, Expecting())

    assert (meaning.intent, meaning.certainty, meaning.ahead) == ("point_aide", "sure", "manger")


def test_a_danger_in_a_story_is_none(understanding: Understanding) -> None:
    assert understanding.interpret("dans le film il y a le feu partout", Expecting()).danger is None

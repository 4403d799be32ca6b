"""Danger words: acted upon at once when plain, asked back when not, and not imagined."""

from __future__ import annotations

import pytest

from voicebot.dialogue.meaning import Expecting
from voicebot.nlu import Understanding


@pytest.mark.parametrize(
    ("text", "danger"),
    [
        ("je vais me foutre en l'air", "suicide"),
        ("j'en peux plus je veux mourir", "suicide"),
        ("bonjour excusez-moi de vous déranger mon mari me tape dessus tous les soirs", "violence"),
        ("il y a le feu chez moi", "incendie"),
        ("ça sent le gaz", "incendie"),
        ("le voisin frappe ses enfants", "enfant"),
        ("mon fils ne respire plus", "medical"),
        ("quelqu'un essaye de forcer ma porte", "agression"),
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

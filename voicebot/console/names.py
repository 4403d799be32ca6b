"""What topics, steps and answers are called on the pages. The words are those of the prompts."""

from __future__ import annotations

from voicebot.console.pages import capitalised, words
from voicebot.dialogue.session import Place
from voicebot.errors import PromptError
from voicebot.prompts import Prompts


def topic_name(prompts: Prompts, topic: str | None) -> str:
    """The procedure, as a title: "Le RSA"."""
    if not topic:
        return str(words()["no_topic"])
    known = prompts.topics.get(topic)
    return capitalised(known.label) if known else topic


def place_name(prompts: Prompts, place: Place) -> str:
    """A step as "Le RSA : votre âge"."""
    return f"{topic_name(prompts, place.flow)} : {step_name(prompts, place)}"


def step_name(prompts: Prompts, place: Place) -> str:
    """A step by the short name of its question, else by its sentence."""
    key = f"{place.flow}.{place.step}"
    try:
        return prompts.label(key)
    except PromptError:
        return place.step

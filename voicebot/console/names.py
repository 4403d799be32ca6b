"""What topics, steps and answers are called on the pages, in the words of the prompts."""

from __future__ import annotations

from voicebot.console.pages import capitalised, words
from voicebot.dialogue.flow import Flows
from voicebot.dialogue.session import Place
from voicebot.errors import PromptError
from voicebot.prompts import Prompts


def topic_name(prompts: Prompts, topic: str | None) -> str:
    """The name of a procedure as a title: "Le RSA"."""
    if not topic:
        return str(words()["no_topic"])
    known = prompts.topics.get(topic)
    return capitalised(known.label) if known else topic


def place_name(prompts: Prompts, flows: Flows, place: Place) -> str:
    """A step in the form "Le RSA : votre âge"."""
    return f"{topic_name(prompts, place.flow)} : {step_name(prompts, flows, place)}"


def step_name(prompts: Prompts, flows: Flows, place: Place) -> str:
    """A step by its question's short name, or else by its sentence."""
    try:
        return prompts.label(question_key(flows, place))
    except PromptError:
        return place.step


def question_key(flows: Flows, place: Place) -> str:
    """The prompt that a step asks or says, even one shared by several procedures."""
    if not flows.has(place):
        return f"{place.flow}.{place.step}"
    step = flows.step(place)
    return step.question_name

"""Papers to gather: a `documents` step asks for one after another, explains it, and tells how to get it.

Each paper is asked for at places of its own, whose `part` names the paper and the stage: the question,
the explanation with the question again, how to get it. After the last one comes what is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from voicebot.dialogue.meaning import Value
from voicebot.dialogue.replace import replace
from voicebot.dialogue.session import Place
from voicebot.dialogue.steps import Route, Step

HAVE, LACK, WHAT = "je_l_ai", "je_ne_l_ai_pas", "c_est_quoi"
ANSWERS = (HAVE, LACK, WHAT)
#: The prompt whose `options` name the answers, and those that tell how things stand after the last paper.
ANSWER_NAMES = "documents.reponse"
COMPLETE, LACKING = "documents.complet", "documents.manque"

_SLOT = "document_"
#: The slot that lists papers known to be missing from before, separated by commas.
LISTED = "file_papers"
_EXPLAINED, _TO_GET, _LACKING = "explication", "obtenir", "manque"
#: The stages of asking for a paper; "" is the question.
STAGES = ("", _EXPLAINED, _TO_GET)


def slot(document: str) -> str:
    """The slot that keeps whether the person has `document`."""
    return f"{_SLOT}{document}"


def asked_in(slot: str) -> str | None:
    """The paper that `slot` tells about, None for any other slot."""
    return slot.removeprefix(_SLOT) if slot.startswith(_SLOT) else None


def prompts(document: str) -> dict[str, str]:
    """The prompt keys about `document`: `ask`, `explain` what it looks like, how to `get` it, SMS `note`."""
    key = f"documents.{document}"
    return {
        "ask": key,
        "explain": f"{key}_{_EXPLAINED}",
        "get": f"{key}_{_TO_GET}",
        "note": f"{key}_note",
    }


def missing(slots: Mapping[str, Value]) -> tuple[str, ...]:
    """The papers that the person does not have: those listed and not yet asked about, then as asked."""
    answered = ((asked_in(name), value) for name, value in slots.items())
    listed = tuple(each for each in listed_in(slots) if slot(each) not in slots)
    return listed + tuple(document for document, value in answered if document and value != HAVE)


def listed_in(slots: Mapping[str, Value], name: str = LISTED) -> tuple[str, ...]:
    """The papers that the slot `name` lists."""
    return tuple(document for document in str(slots.get(name, "")).split(",") if document)


def next_paper(step: Step, place: Place, slots: Mapping[str, Value]) -> Place | None:
    """Where the first paper not asked about yet is asked for, then where it is told what is missing.

    None when nothing is missing, or when the only paper was just spoken of.
    """
    wanted = listed_in(slots, step.among) if step.among else step.documents
    asked = [document for document in step.documents if document in wanted and slot(document) in slots]
    open_ = [document for document in step.documents if document in wanted and document not in asked]
    if open_:
        return replace(place, part=open_[0])
    lacking = set(missing(slots)) & set(asked)
    return replace(place, part=f".{_LACKING}") if lacking and len(asked) > 1 else None


def is_first(step: Step, slots: Mapping[str, Value]) -> bool:
    """Whether no paper of `step` was asked about yet."""
    wanted = listed_in(slots, step.among) if step.among else step.documents
    return not any(slot(document) in slots for document in wanted)


def about_paper(step: Step, place: Place) -> Step:
    """What the `documents` step does at `place`, whose `part` is a paper and its stage, or "" and the end."""
    return _STAGES[place.stage](step, replace(place, part=""), place.document)


def _question(step: Step, whole: Place, document: str) -> Step:
    explained, to_get = (replace(whole, part=f"{document}.{stage}") for stage in (_EXPLAINED, _TO_GET))
    kept = slot(document)
    return Step(
        step.name,
        "choose",
        prompts(document)["ask"],
        slot=kept,
        choices=ANSWERS,
        routes=(Route(to_get, kept, is_=LACK), Route(explained, kept, is_=WHAT)),
        to=whole,
        options=ANSWER_NAMES,
        brief=document != step.documents[0],
        unknown_as=WHAT,
    )


def _explanation(step: Step, whole: Place, document: str) -> Step:
    """Who does not know the paper even now counts as not having it."""
    to_get, kept = replace(whole, part=f"{document}.{_TO_GET}"), slot(document)
    routes = (Route(to_get, kept, in_=(LACK, WHAT)),)
    asked = _question(step, whole, document)
    told = prompts(document)
    return replace(asked, prompt=told["explain"], title=told["ask"], routes=routes, brief=False)


def _how_to_get(step: Step, whole: Place, document: str) -> Step:
    about = prompts(document)
    return Step(step.name, "say", about["get"], note=about["note"], to=whole)


def _lacking(step: Step, whole: Place, document: str) -> Step:
    return Step(step.name, "say", LACKING, more=True, to=step.to, routes=step.routes)


_STAGES: dict[str, Callable[[Step, Place, str], Step]] = {
    "": _question,
    _EXPLAINED: _explanation,
    _TO_GET: _how_to_get,
    _LACKING: _lacking,
}

"""Papers to gather: a `documents` step asks for one after another, explains it, and says how to get it.

Each paper is asked for at places of its own, whose `part` names the paper and the stage: the question, the
explanation followed by the question, how to get it. After the last paper, what is missing is summed up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from voicebot.dialogue.meaning import Value
from voicebot.dialogue.replace import replace
from voicebot.dialogue.session import Place
from voicebot.dialogue.steps import ChooseStep, DocumentsStep, PapersStep, Route, SayStep, Step

HAVE, LACK, WHAT = "je_l_ai", "je_ne_l_ai_pas", "c_est_quoi"
ANSWERS = (HAVE, LACK, WHAT)
#: The prompt whose `options` name the answers, and those that sum up after the last paper.
ANSWER_NAMES = "documents.reponse"
COMPLETE, LACKING = "documents.complet", "documents.manque"
#: The prompt that asks for several papers at once, and the name of having none of them.
LIST, NOTHING = "documents.liste", "rien"
#: No list is longer: what is left is asked in another one.
LONGEST_LIST = 4

_SLOT = "document_"
#: The slot that lists papers already known to be missing, separated by commas.
LISTED = "file_papers"
_EXPLAINED, _TO_GET, _LACKING, _LISTED = "explication", "obtenir", "manque", "liste"
#: The stages of asking for a paper; "" is the question. In a list, the paper is several, with commas.
STAGES = ("", _EXPLAINED, _TO_GET)


def slot(document: str) -> str:
    """The slot that stores whether the person has `document`."""
    return f"{_SLOT}{document}"


def asked_in(slot: str) -> str | None:
    """The paper that `slot` is about; None for any other slot."""
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
    """The papers the person lacks: first those listed and not yet asked about, then in the order asked."""
    answered = ((asked_in(name), value) for name, value in slots.items())
    listed = tuple(each for each in listed_in(slots) if slot(each) not in slots)
    return listed + tuple(document for document, value in answered if document and value != HAVE)


def listed_in(slots: Mapping[str, Value], name: str = LISTED) -> tuple[str, ...]:
    """The papers that the slot `name` lists."""
    return tuple(document for document in str(slots.get(name, "")).split(",") if document)


def next_paper(step: DocumentsStep, place: Place, slots: Mapping[str, Value]) -> Place | None:
    """Where the next paper is asked for; after the last one, where it is said what is missing.

    None if nothing is missing, or if the only paper has just been discussed.
    """
    wanted = listed_in(slots, step.among) if step.among else step.documents
    asked = [document for document in step.documents if document in wanted and slot(document) in slots]
    open_ = [document for document in step.documents if document in wanted and document not in asked]
    if open_:
        return replace(place, part=open_[0])
    lacking = set(missing(slots)) & set(asked)
    return replace(place, part=f".{_LACKING}") if lacking and len(asked) > 1 else None


def next_list(step: DocumentsStep, place: Place, slots: Mapping[str, Value]) -> Place | None:
    """Where the next papers are asked for in one list; a single one is asked for alone."""
    wanted = listed_in(slots, step.among) if step.among else step.documents
    open_ = [each for each in step.documents if each in wanted and slot(each) not in slots][:LONGEST_LIST]
    if len(open_) < 2:
        return replace(place, part=open_[0]) if open_ else None
    return replace(place, part=f"{','.join(open_)}.{_LISTED}")


def one_by_one(place: Place) -> Place:
    """The same place where papers are asked for one after another."""
    return replace(place, part="") if place.stage == _LISTED else place


def told(step: PapersStep, value: Value) -> dict[str, Value]:
    """The slots filled by `value`: the papers that the person has, with commas, or `NOTHING`."""
    held = str(value).split(",")
    return {slot(document): HAVE if document in held else LACK for document in step.documents}


def explained(place: Place, value: Value) -> Place | None:
    """Where the paper that was asked about is explained: `value` is `WHAT` and the paper, with a comma."""
    what, _, document = str(value).partition(",")
    return replace(place, part=f"{document}.{_EXPLAINED}") if what == WHAT and document else None


def lacking(step: DocumentsStep, slots: Mapping[str, Value]) -> tuple[str, ...]:
    """The papers of `step` that the person said they lack."""
    return tuple(each for each in step.documents if slots.get(slot(each), HAVE) != HAVE)


def is_first(step: DocumentsStep, slots: Mapping[str, Value]) -> bool:
    """Whether no paper of `step` has been asked about yet."""
    wanted = listed_in(slots, step.among) if step.among else step.documents
    return not any(slot(document) in slots for document in wanted)


def about_paper(step: DocumentsStep, place: Place) -> Step:
    """What the `documents` step does at `place`, whose `part` is a paper and its stage, or "" for the end."""
    return _STAGES[place.stage](step, replace(place, part=""), place.document)


def _question(step: DocumentsStep, whole: Place, document: str) -> ChooseStep:
    explained, to_get = (replace(whole, part=f"{document}.{stage}") for stage in (_EXPLAINED, _TO_GET))
    kept = slot(document)
    return ChooseStep(
        step.name,
        prompts(document)["ask"],
        slot=kept,
        choices=ANSWERS,
        routes=(Route(to_get, kept, is_=LACK), Route(explained, kept, is_=WHAT)),
        to=whole,
        options=ANSWER_NAMES,
        brief=document != step.documents[0],
        unknown_as=WHAT,
    )


def _explanation(step: DocumentsStep, whole: Place, document: str) -> ChooseStep:
    """Somebody who still does not know the paper counts as not having it."""
    to_get, kept = replace(whole, part=f"{document}.{_TO_GET}"), slot(document)
    routes = (Route(to_get, kept, in_=(LACK, WHAT)),)
    asked = _question(step, whole, document)
    told = prompts(document)
    return replace(asked, prompt=told["explain"], title=told["ask"], routes=routes, brief=False)


def _how_to_get(step: DocumentsStep, whole: Place, document: str) -> SayStep:
    about = prompts(document)
    return SayStep(step.name, about["get"], note=about["note"], to=whole)


def _lacking(step: DocumentsStep, whole: Place, document: str) -> SayStep:
    return SayStep(step.name, LACKING, more=True, to=step.to, routes=step.routes)


def _list(step: DocumentsStep, whole: Place, document: str) -> PapersStep:
    return PapersStep(step.name, LIST, documents=tuple(document.split(",")), to=whole)


_STAGES: dict[str, Callable[[DocumentsStep, Place, str], Step]] = {
    "": _question,
    _EXPLAINED: _explanation,
    _TO_GET: _how_to_get,
    _LACKING: _lacking,
    _LISTED: _list,
}

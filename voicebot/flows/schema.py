"""The shape of a flow file: one pydantic model per kind of step. Fields are named as in the files."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictFloat,
    StrictInt,
    StrictStr,
    TypeAdapter,
    model_validator,
)
from pydantic_core import PydanticCustomError

from voicebot.datafile import described
from voicebot.dialogue.action import Priority
from voicebot.dialogue.flow import StepKind
from voicebot.dialogue.steps import Stakes
from voicebot.packaged import packaged

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
#: A step of the same flow, or `flow.step`.
Target = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$")]
#: A prompt of the same flow, or `flow.prompt`.
PromptKey = Target
Entity = Literal[
    "yes_no", "number", "age", "amount", "date", "month", "postal_code", "town", "phone", "code", "intent"
]
Comparable = StrictStr | StrictInt | StrictFloat


class _Strict(BaseModel):
    """Unknown names are rejected, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class When(_Strict):
    """A condition on one slot: exactly one of `is`, `in`, `below`, `at_least`."""

    slot: Name
    is_: Comparable | None = Field(None, alias="is")
    in_: tuple[Comparable, ...] = Field((), alias="in")
    below: float | None = None
    at_least: float | None = None

    @model_validator(mode="after")
    def _one_condition(self) -> When:
        given = (self.is_ is not None, bool(self.in_), self.below is not None, self.at_least is not None)
        if sum(given) != 1:
            raise PydanticCustomError("one_condition", "exactly one of is, in, below, at_least")
        return self


class RouteItem(_Strict):
    """Go `to` if the condition holds."""

    when: When
    to: Target


class _Step(_Strict):
    """What every step may have. With `sms`, a texter goes there instead."""

    prompt: PromptKey | None = None
    sms: Target | None = None


class _Going(_Step):
    """A step that leads on: by the first matching route, else `to`."""

    routes: tuple[RouteItem, ...] = ()
    to: Target | None = None


class _Telling(_Going):
    """A step whose prompt may tell a fact: once that has expired, `<prompt>_sans_chiffre` is said instead."""

    fact: Name | None = None


class _Asking(_Telling):
    """A step that waits for an answer and keeps it in `slot`; "je ne sais pas" leads to `unknown`.

    With `unknown_as`, "je ne sais pas" counts as that answer. A `shared` answer is offered again in later
    procedures and, with the person's consent, in later calls. `stakes` are high if an answer ends the
    procedure or excludes from a right.
    """

    slot: Name | None = None
    unknown: Target | None = None
    unknown_as: Comparable | None = None
    sensitive: bool = False
    shared: bool = False
    stakes: Stakes = ""


class SayItem(_Telling):
    """Tell something. With `more` the person says "suite"; `note` and `summary` concern the SMS summary.

    `text` is a prompt that is sent immediately as a separate SMS.
    With `practice` a rehearsal begins: nothing in it is kept or sent, until a flow that is not `rehearsed`.
    """

    kind: Literal["say"]
    more: bool = False
    unknown: Target | None = None
    note: PromptKey | None = None
    summary: bool = False
    practice: bool = False
    text: PromptKey | None = None


class AskItem(_Asking):
    """Ask for an entity or, with `intent`, ask an open question."""

    kind: Literal["ask"]
    expects: Entity


class ChooseItem(_Asking):
    """Offer a few choices; "autre chose" leads to `other`. With `expects: intent` the choices are topics.

    `unlisted` choices are understood when said, but not offered: twenty senders of letters, say. Topics that
    are unlisted are offered to people with a keypad, four at a time.
    With `among`, only those choices are offered that are listed, separated by commas, in the slot of that
    name. A person whose answers match nothing goes to `unanswered` instead of being offered a human.
    """

    kind: Literal["choose"]
    expects: Literal["choice", "intent"] = "choice"
    choices: tuple[Name, ...]
    unlisted: tuple[Name, ...] = ()
    other: Target | None = None
    among: Name | None = None
    unanswered: Target | None = None


class ConfirmItem(_Asking):
    """A yes-or-no question: yes follows the routes and `to`, no leads to `no`."""

    kind: Literal["confirm"]
    no: Target


class DocumentsItem(_Going):
    """Ask for papers in documents.yaml, one after another; missing ones go into summary and ticket.

    With `among`, only those are asked for that are listed, separated by commas, in the slot of that name.
    """

    kind: Literal["documents"]
    documents: tuple[Name, ...] = Field(min_length=1)
    among: Name | None = None
    prompt: PromptKey = "documents.debut"
    note: PromptKey | None = None


class LookupItem(_Going):
    """Call the named lookup; if it fails, go to `no`."""

    kind: Literal["lookup"]
    lookup: Name
    no: Target | None = None


class HandoffItem(_Going):
    """Hand the person over to a mediator."""

    kind: Literal["handoff"]
    reason: Name | None = None
    priority: Priority = "normal"
    note: PromptKey | None = None


class EndItem(_Step):
    """Say goodbye and end."""

    kind: Literal["end"]


StepItem = Annotated[
    SayItem | AskItem | ChooseItem | ConfirmItem | DocumentsItem | LookupItem | HandoffItem | EndItem,
    Field(discriminator="kind"),
]


class Source(_Strict):
    """A civic fact: what it is `about`, the official page to check, the year in which it was `seen` there.

    `verified_on` is null until a person has checked it.
    """

    about: str = Field(min_length=1)
    source: str = Field(min_length=1)
    seen: int | None
    verified_on: date | None


class Fact(Source):
    """A fact of a procedure. Steps that name it no longer say it after the day `expires`."""

    name: Name | None = None
    expires: date | None = None


class FlowFile(_Strict):
    """A whole file: one procedure. During practice, a flow that is not `rehearsed` ends the practice.

    `card` lists the prompts on the printed card, in order; without it, the notes of the steps.
    """

    flow: Name
    start: Name
    rehearsed: bool = True
    card: tuple[PromptKey, ...] = ()
    facts: tuple[Fact, ...] = ()
    steps: dict[Name, StepItem] = Field(min_length=1)


class DocumentsFile(_Strict):
    """documents.yaml: every paper that can be asked for, with the facts about it and how to get it."""

    documents: dict[Name, tuple[Source, ...]]


#: The French description of each field, shown by editors.
_FIELDS = packaged("flows", "fr", "fields.yaml")
SHAPE: TypeAdapter[FlowFile] = TypeAdapter(FlowFile)
DOCUMENTS_SHAPE: TypeAdapter[DocumentsFile] = TypeAdapter(DocumentsFile)
STEP_KINDS: tuple[StepKind, ...] = (
    "say",
    "ask",
    "choose",
    "confirm",
    "documents",
    "lookup",
    "handoff",
    "end",
)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a flow file, for editors: flow.schema.json."""
    return described(SHAPE.json_schema(), _FIELDS)

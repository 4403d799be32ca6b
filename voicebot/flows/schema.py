"""The shape of a flow file: one pydantic model for each kind of step. Names in files are the fields here."""

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

from voicebot.dialogue.action import Priority
from voicebot.dialogue.flow import StepKind

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
#: A step of the same flow, or `flow.step`.
Target = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$")]
#: A prompt of the same flow, or `flow.prompt`.
PromptKey = Target
Entity = Literal[
    "yes_no", "number", "age", "amount", "date", "month", "postal_code", "town", "phone", "intent"
]
Comparable = StrictStr | StrictInt | StrictFloat


class _Strict(BaseModel):
    """Unknown names are refused, so that a misspelt one is seen."""

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
    """Go `to` when the condition holds."""

    when: When
    to: Target


class _Step(_Strict):
    """What every step may say."""

    prompt: PromptKey | None = None


class _Going(_Step):
    """A step that leads on: the first fitting route, else `to`."""

    routes: tuple[RouteItem, ...] = ()
    to: Target | None = None


class _Asking(_Going):
    """A step that waits for an answer and keeps it in `slot`; `unknown` is where "je ne sais pas" goes."""

    slot: Name | None = None
    unknown: Target | None = None
    sensitive: bool = False


class SayStep(_Going):
    """Tell something. With `more` the person says "suite"; `note` and `summary` concern the SMS summary."""

    kind: Literal["say"]
    more: bool = False
    unknown: Target | None = None
    note: PromptKey | None = None
    summary: bool = False


class AskStep(_Asking):
    """Ask for an entity, or with `intent` an open question."""

    kind: Literal["ask"]
    expects: Entity


class ChooseStep(_Asking):
    """Offer a few choices; `other` is where "autre chose" goes. With `expects: intent` choices are topics."""

    kind: Literal["choose"]
    expects: Literal["choice", "intent"] = "choice"
    choices: tuple[Name, ...]
    other: Target | None = None


class ConfirmStep(_Asking):
    """A yes or no question: yes goes by routes and `to`, no goes to `no`."""

    kind: Literal["confirm"]
    no: Target


class LookupStep(_Going):
    """Call the named lookup; `no` is where it goes when that fails."""

    kind: Literal["lookup"]
    lookup: Name
    no: Target | None = None


class HandoffStep(_Going):
    """Give the person to a mediator."""

    kind: Literal["handoff"]
    reason: Name | None = None
    priority: Priority = "normal"
    note: PromptKey | None = None


class EndStep(_Step):
    """Say goodbye and end."""

    kind: Literal["end"]


StepItem = Annotated[
    SayStep | AskStep | ChooseStep | ConfirmStep | LookupStep | HandoffStep | EndStep,
    Field(discriminator="kind"),
]


class Fact(_Strict):
    """A civic fact: what it is `about`, the official page to check, the year it was `seen` there.

    `verified_on` is null until a person has checked it; after `expires` it must not be said any more.
    """

    about: str = Field(min_length=1)
    source: str = Field(min_length=1)
    seen: int | None
    verified_on: date | None
    expires: date | None = None


class FlowFile(_Strict):
    """A whole file: one procedure."""

    flow: Name
    start: Name
    facts: tuple[Fact, ...] = ()
    steps: dict[Name, StepItem] = Field(min_length=1)


SHAPE: TypeAdapter[FlowFile] = TypeAdapter(FlowFile)
STEP_KINDS: tuple[StepKind, ...] = ("say", "ask", "choose", "confirm", "lookup", "handoff", "end")


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a flow file, for editors."""
    return SHAPE.json_schema()

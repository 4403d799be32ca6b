"""Steps and routes: what a flow is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from voicebot.dialogue.action import Priority
from voicebot.dialogue.meaning import Expecting, Value
from voicebot.dialogue.session import Place

Stakes = Literal["", "usual", "high"]
StepKind = Literal["say", "ask", "choose", "confirm", "documents", "lookup", "handoff", "end"]


#: The value of the answer "autre chose", offered last if a step says where it leads (`other`).
OTHER = "autre"
#: The ending of the keys of prompts and notes that replace one telling an expired fact.
SAFE = "_sans_chiffre"


@dataclass(frozen=True)
class Route:
    """Go `to` if the slot matches. Exactly one of `is_`, `in_`, `below`, `at_least` is set."""

    to: Place
    slot: str
    is_: Value | None = None
    in_: tuple[Value, ...] = ()
    below: float | None = None
    at_least: float | None = None

    def fits(self, slots: Mapping[str, Value]) -> bool:
        """True if the slot is known and matches; an unknown slot never matches."""
        value = slots.get(self.slot)
        if value is None:
            return False
        if self.is_ is not None:
            return value == self.is_
        if self.in_:
            return value in self.in_
        if isinstance(value, str):
            return False
        if self.below is not None:
            return value < self.below
        return self.at_least is not None and value >= self.at_least


@dataclass(frozen=True)
class Step:
    """What every step has; each kind of step is a class below.

    `prompt` is a prompt key; the first of the `routes` that matches is taken, else `to`. `fact` names the
    fact that the prompt tells, `valid_until` is when it expires, in Unix seconds. What only some kinds have
    is neutral here, so that code reading any step need not ask for its kind.
    """

    kind: ClassVar[StepKind]

    name: str
    prompt: str
    routes: tuple[Route, ...] = ()
    to: Place | None = None
    fact: str | None = None
    valid_until: float | None = None
    """Unix seconds."""
    sms: Place | None = None
    """Where a texter goes instead, to what is written to be read."""

    @property
    def slot(self) -> str | None:
        """The slot that stores the answer."""
        return None

    @property
    def choices(self) -> tuple[str, ...]:
        """The answers it offers, without "autre chose"."""
        return ()

    @property
    def unlisted(self) -> tuple[str, ...]:
        """The answers that it understands without offering them."""
        return ()

    @property
    def documents(self) -> tuple[str, ...]:
        """The papers it asks for."""
        return ()

    @property
    def note(self) -> str | None:
        """The prompt key that goes into the SMS summary."""
        return None

    @property
    def text(self) -> str | None:
        """The prompt key of a separate SMS."""
        return None

    @property
    def lookup(self) -> str | None:
        """The lookup that it calls."""
        return None

    @property
    def question_name(self) -> str:
        """The prompt whose label names the question."""
        return self.prompt

    @property
    def choice_names(self) -> str:
        """The prompt whose options name the choices."""
        return self.prompt

    @property
    def unknown(self) -> Place | None:
        """Where "je ne sais pas" leads."""
        return None

    @property
    def unknown_as(self) -> Value | None:
        """The answer that "je ne sais pas" counts as."""
        return None

    @property
    def shared(self) -> bool:
        """Whether the answer is offered again in later procedures and calls."""
        return False

    @property
    def stakes(self) -> Stakes:
        """What is at stake at its answers; "" if nobody said."""
        return ""

    @property
    def among(self) -> str | None:
        """The slot that lists, separated by commas, the papers or choices that currently apply."""
        return None

    @property
    def waits(self) -> bool:
        """Whether the person must answer before the flow continues."""
        return False

    @property
    def ways(self) -> Mapping[str, Place | None]:
        """Its ways out besides `routes` and `to`, named as in the YAML."""
        return {"sms": self.sms}

    @property
    def expiring(self) -> tuple[str, ...]:
        """The prompt and the note that tell a fact which expires."""
        return () if self.valid_until is None else (self.prompt, *((self.note,) if self.note else ()))

    def expecting(self) -> Expecting:
        """What this step waits for; a step that does not wait leaves the person free to speak."""
        return Expecting("intent")

    def next(self, slots: Mapping[str, Value]) -> Place | None:
        """The first matching route, else `to`."""
        return next((route.to for route in self.routes if route.fits(slots)), self.to)


@dataclass(frozen=True)
class SayStep(Step):
    """Tell something.

    With `more` it waits for "suite". `text` is the prompt key of a separate SMS, sent at once; `summary`
    sends the summary; `practice` begins a rehearsal.
    """

    kind: ClassVar[StepKind] = "say"

    note: str | None = None
    unknown: Place | None = None
    more: bool = False
    summary: bool = False
    practice: bool = False
    text: str | None = None

    @property
    def waits(self) -> bool:
        """Only with `more`."""
        return self.more

    @property
    def ways(self) -> Mapping[str, Place | None]:
        """Where "je ne sais pas" leads."""
        return {**super().ways, "unknown": self.unknown}

    def expecting(self) -> Expecting:
        """The word "suite"."""
        return Expecting("more")


@dataclass(frozen=True)
class _QuestionStep(Step):
    """A step that waits for an answer and stores it in `slot`.

    `unknown_as` is the answer that "je ne sais pas" counts as; a `sensitive` question can always be answered
    by key; a `shared` answer is offered again later. `stakes` are "high" if an answer ends the procedure or
    excludes from a right, "usual" if the author says that none does, else "".
    """

    slot: str | None = None
    unknown: Place | None = None
    unknown_as: Value | None = None
    sensitive: bool = False
    shared: bool = False
    stakes: Stakes = ""

    @property
    def high_stakes(self) -> bool:
        """Whether an answer ends the procedure or excludes from a right."""
        return self.stakes == "high"

    @property
    def waits(self) -> bool:
        """Always."""
        return True

    @property
    def ways(self) -> Mapping[str, Place | None]:
        """Where "je ne sais pas" leads."""
        return {**super().ways, "unknown": self.unknown}


@dataclass(frozen=True)
class AskStep(_QuestionStep):
    """Ask for an entity of the kind `expects` or, with "intent", ask an open question."""

    kind: ClassVar[StepKind] = "ask"

    expects: str = "intent"

    def expecting(self) -> Expecting:
        """The entity."""
        return Expecting(self.expects, (), self.sensitive, high_stakes=self.high_stakes)


@dataclass(frozen=True)
class ChooseStep(_QuestionStep):
    """Offer a few choices or, with `expects` "intent", some topics.

    "autre chose" leads to `other`. `unlisted` choices are understood when said, but not offered: the question
    is then open by voice, and the keys lead on in two steps; topics that are unlisted are offered by key, a
    few at a time. With `among`, only the choices listed in its
    slot are offered. A person whose answers match nothing goes to `unanswered` instead of being offered a
    human. `title` and `options` are the prompts that name the question and its choices (default: `prompt`);
    by voice, the choices are read out the first time unless `brief`.
    """

    kind: ClassVar[StepKind] = "choose"

    expects: str = "choice"
    choices: tuple[str, ...] = ()
    unlisted: tuple[str, ...] = ()
    other: Place | None = None
    among: str | None = None
    unanswered: Place | None = None
    title: str | None = None
    options: str | None = None
    brief: bool = False

    @property
    def question_name(self) -> str:
        """The prompt whose label names the question."""
        return self.title or self.prompt

    @property
    def choice_names(self) -> str:
        """The prompt whose options name the choices."""
        return self.options or self.prompt

    @property
    def ways(self) -> Mapping[str, Place | None]:
        """Where "je ne sais pas", "autre chose" and an answer that matches nothing lead."""
        return {**super().ways, "other": self.other, "unanswered": self.unanswered}

    def expecting(self) -> Expecting:
        """One of the choices; "autre chose" comes last, if it leads somewhere."""
        keyed = self.choices + ((OTHER,) if self.other else ())
        unlisted = () if self.expects == "intent" else self.unlisted  # every topic is understood anyway
        return Expecting(self.expects, keyed, self.sensitive, high_stakes=self.high_stakes, unlisted=unlisted)


@dataclass(frozen=True)
class ConfirmStep(_QuestionStep):
    """A yes-or-no question: yes follows the routes and `to`, no leads to `no`."""

    kind: ClassVar[StepKind] = "confirm"

    no: Place | None = None

    @property
    def ways(self) -> Mapping[str, Place | None]:
        """Where no and "je ne sais pas" lead."""
        return {"no": self.no, **super().ways}

    def expecting(self) -> Expecting:
        """Yes or no."""
        return Expecting("yes_no", (), self.sensitive, high_stakes=self.high_stakes)


@dataclass(frozen=True)
class DocumentsStep(Step):
    """Ask for `documents` one after another; with `among`, only for those listed in its slot."""

    kind: ClassVar[StepKind] = "documents"

    documents: tuple[str, ...] = ()
    among: str | None = None
    note: str | None = None

    @property
    def waits(self) -> bool:
        """For each paper."""
        return True

    def expecting(self) -> Expecting:
        """What is asked about a paper is a step of its own (`dialogue.documents`)."""
        return Expecting("choice")


@dataclass(frozen=True)
class PapersStep(Step):
    """Ask in one list which of the `documents` somebody has: what a `documents` step does where one reads."""

    kind: ClassVar[StepKind] = "documents"

    documents: tuple[str, ...] = ()

    @property
    def waits(self) -> bool:
        """Always."""
        return True

    @property
    def choice_names(self) -> str:
        """Papers have names of their own."""
        return "documents"

    def expecting(self) -> Expecting:
        """Several of the papers, or none."""
        return Expecting("papers", self.documents)


@dataclass(frozen=True)
class LookupStep(Step):
    """Call `lookup`; if it fails, go to `no`."""

    kind: ClassVar[StepKind] = "lookup"

    lookup: str | None = None
    no: Place | None = None

    @property
    def ways(self) -> Mapping[str, Place | None]:
        """Where a failed lookup leads."""
        return {**super().ways, "no": self.no}


@dataclass(frozen=True)
class HandoffStep(Step):
    """Hand the person to a mediator, for `reason`."""

    kind: ClassVar[StepKind] = "handoff"

    note: str | None = None
    reason: str | None = None
    priority: Priority = "normal"


@dataclass(frozen=True)
class EndStep(Step):
    """Say goodbye and end."""

    kind: ClassVar[StepKind] = "end"


#: The class of each kind of step.
KINDS: Mapping[StepKind, type[Step]] = {
    each.kind: each
    for each in (SayStep, AskStep, ChooseStep, ConfirmStep, DocumentsStep, LookupStep, HandoffStep, EndStep)
}

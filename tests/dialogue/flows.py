"""A small set of flows with every kind of step, for the core's own tests."""

from __future__ import annotations

from voicebot.dialogue.flow import Flow, Flows, Route, Step
from voicebot.dialogue.session import Place


def flow(name: str, *steps: Step) -> Flow:
    return Flow(name, steps[0].name, {step.name: step for step in steps})


def place(text: str) -> Place:
    return Place(*text.split("."))


WELCOME = flow(
    "accueil",
    Step("bonjour", "say", "accueil.bonjour", to=place("accueil.question")),
    Step("question", "choose", "accueil.question", expects="intent", choices=("rsa", "carte_vitale")),
    Step("numero", "say", "accueil.numero", to=place("cloture.autre")),
    Step("conseiller", "handoff", "accueil.conseiller", reason="asked"),
)
CLOSING = flow(
    "cloture",
    Step("autre", "confirm", "cloture.autre", to=place("accueil.question"), no=place("cloture.fin")),
    Step("fin", "end", "cloture.fin"),
)
DANGER = flow(
    "urgence",
    Step("danger", "say", "urgence.danger", to=place("urgence.humain")),
    Step("suicide", "say", "urgence.suicide", to=place("urgence.humain")),
    Step("humain", "handoff", "urgence.humain", reason="danger", priority="danger"),
)
RSA = flow(
    "rsa",
    Step(
        "age",
        "ask",
        "rsa.age",
        slot="age",
        expects="age",
        routes=(Route(place("rsa.enfant"), "age", below=25),),
        to=place("rsa.logement"),
        unknown=place("rsa.logement"),
    ),
    Step(
        "enfant", "confirm", "rsa.enfant", slot="enfant", to=place("rsa.logement"), no=place("cloture.autre")
    ),
    Step(
        "logement",
        "choose",
        "rsa.logement",
        slot="logement",
        choices=("loue", "heberge"),
        to=place("rsa.cherche"),
        other=place("rsa.papiers"),
    ),
    Step("cherche", "lookup", "rsa.cherche", lookup="caisse", to=place("rsa.code"), no=place("rsa.papiers")),
    Step("code", "ask", "rsa.code", slot="code", expects="postal_code", to=place("rsa.papiers")),
    Step("papiers", "say", "rsa.papiers", more=True, note="rsa.note_papiers", to=place("rsa.resume")),
    Step("resume", "say", "rsa.resume", summary=True, to=place("cloture.autre")),
)
FLOWS = Flows({f.name: f for f in (WELCOME, CLOSING, DANGER, RSA)})

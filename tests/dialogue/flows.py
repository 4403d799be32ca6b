"""A small set of flows with every kind of step, for the core's own tests."""

from __future__ import annotations

from voicebot.dialogue.flow import Flow, Flows, Route, Step
from voicebot.dialogue.session import Place
from voicebot.dialogue.steps import (
    AskStep,
    ChooseStep,
    ConfirmStep,
    DocumentsStep,
    EndStep,
    HandoffStep,
    LookupStep,
    SayStep,
)

#: When the price in the flow `apl` expires, in Unix seconds.
PRICE_UNTIL = 1000.0


def flow(name: str, *steps: Step, rehearsed: bool = True) -> Flow:
    return Flow(name, steps[0].name, {step.name: step for step in steps}, rehearsed=rehearsed)


def place(text: str) -> Place:
    return Place(*text.split("."))


WELCOME = flow(
    "accueil",
    SayStep("bonjour", "accueil.bonjour", to=place("accueil.question")),
    ChooseStep("question", "accueil.question", expects="intent", choices=("rsa", "carte_vitale")),
    SayStep("numero", "accueil.numero", to=place("cloture.autre")),
    HandoffStep("conseiller", "accueil.conseiller", reason="asked"),
    rehearsed=False,
)
CLOSING = flow(
    "cloture",
    ConfirmStep(
        "souvenir",
        "cloture.souvenir",
        slot="consent",
        to=place("cloture.autre"),
        no=place("cloture.autre"),
        unknown_as="no",
    ),
    ConfirmStep("autre", "cloture.autre", to=place("accueil.question"), no=place("cloture.fin")),
    EndStep("fin", "cloture.fin"),
    rehearsed=False,
)
DANGER = flow(
    "urgence",
    SayStep("danger", "urgence.danger", to=place("urgence.humain")),
    SayStep("suicide", "urgence.suicide", to=place("urgence.humain")),
    HandoffStep("humain", "urgence.humain", reason="danger", priority="danger"),
    rehearsed=False,
)
RSA = flow(
    "rsa",
    AskStep(
        "age",
        "rsa.age",
        slot="age",
        expects="age",
        routes=(Route(place("rsa.enfant"), "age", below=25),),
        to=place("rsa.logement"),
        unknown=place("rsa.logement"),
    ),
    ConfirmStep("enfant", "rsa.enfant", slot="enfant", to=place("rsa.logement"), no=place("cloture.autre")),
    ChooseStep(
        "logement",
        "rsa.logement",
        slot="logement",
        choices=("loue", "heberge"),
        to=place("rsa.cherche"),
        other=place("rsa.papiers"),
    ),
    LookupStep("cherche", "rsa.cherche", lookup="caisse", to=place("rsa.code"), no=place("rsa.papiers")),
    AskStep("code", "rsa.code", slot="code", expects="postal_code", to=place("rsa.papiers")),
    SayStep("papiers", "rsa.papiers", more=True, note="rsa.note_papiers", to=place("rsa.resume")),
    SayStep("resume", "rsa.resume", summary=True, to=place("cloture.autre")),
)
APL = flow(
    "apl",
    AskStep("code", "apl.code", slot="code_postal", expects="postal_code", shared=True, to=place("apl.qui")),
    ChooseStep(
        "qui",
        "apl.qui",
        slot="qui",
        choices=("seul", "couple"),
        shared=True,
        to=place("apl.papiers"),
    ),
    DocumentsStep(
        "papiers",
        "documents.debut",
        documents=("rib", "bail"),
        note="apl.note_papiers",
        to=place("apl.prix"),
    ),
    SayStep(
        "prix",
        "apl.prix",
        more=True,
        note="apl.note_prix",
        valid_until=PRICE_UNTIL,
        to=place("apl.resume"),
    ),
    SayStep(
        "resume",
        "apl.resume",
        summary=True,
        routes=(Route(place("cloture.souvenir"), "consent", is_="open"),),
        to=place("cloture.autre"),
    ),
)
#: Its first question may be answered by the words that name it.
ENERGY = flow(
    "energie",
    ChooseStep(
        "besoin",
        "energie.besoin",
        slot="besoin",
        choices=("coupure", "cheque"),
        to=place("energie.oui"),
    ),
    ConfirmStep("oui", "energie.oui", to=place("cloture.autre"), no=place("cloture.autre")),
)
PRACTICE = flow(
    "entrainement",
    SayStep("debut", "entrainement.debut", practice=True, to=place("entrainement.demarche")),
    ChooseStep("demarche", "entrainement.demarche", expects="intent", choices=("rsa", "apl")),
)
SCAM = flow(
    "arnaque",
    SayStep("jamais", "arnaque.jamais", to=place("arnaque.donne")),
    ConfirmStep("donne", "arnaque.donne", to=place("cloture.autre"), no=place("cloture.autre")),
    rehearsed=False,
)
FLOWS = Flows({f.name: f for f in (WELCOME, CLOSING, DANGER, RSA, APL, ENERGY, PRACTICE, SCAM)})

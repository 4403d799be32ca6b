"""A small set of flows with every kind of step, for the core's own tests."""

from __future__ import annotations

from voicebot.dialogue.flow import Flow, Flows, Route, Step
from voicebot.dialogue.session import Place

#: When the price in the flow `apl` expires, in Unix seconds.
PRICE_UNTIL = 1000.0


def flow(name: str, *steps: Step, rehearsed: bool = True) -> Flow:
    return Flow(name, steps[0].name, {step.name: step for step in steps}, rehearsed=rehearsed)


def place(text: str) -> Place:
    return Place(*text.split("."))


WELCOME = flow(
    "accueil",
    Step("bonjour", "say", "accueil.bonjour", to=place("accueil.question")),
    Step("question", "choose", "accueil.question", expects="intent", choices=("rsa", "carte_vitale")),
    Step("numero", "say", "accueil.numero", to=place("cloture.autre")),
    Step("conseiller", "handoff", "accueil.conseiller", reason="asked"),
    rehearsed=False,
)
CLOSING = flow(
    "cloture",
    Step(
        "souvenir",
        "confirm",
        "cloture.souvenir",
        slot="consent",
        to=place("cloture.autre"),
        no=place("cloture.autre"),
        unknown_as="no",
    ),
    Step("autre", "confirm", "cloture.autre", to=place("accueil.question"), no=place("cloture.fin")),
    Step("fin", "end", "cloture.fin"),
    rehearsed=False,
)
DANGER = flow(
    "urgence",
    Step("danger", "say", "urgence.danger", to=place("urgence.humain")),
    Step("suicide", "say", "urgence.suicide", to=place("urgence.humain")),
    Step("humain", "handoff", "urgence.humain", reason="danger", priority="danger"),
    rehearsed=False,
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
APL = flow(
    "apl",
    Step(
        "code", "ask", "apl.code", slot="code_postal", expects="postal_code", shared=True, to=place("apl.qui")
    ),
    Step(
        "qui",
        "choose",
        "apl.qui",
        slot="qui",
        choices=("seul", "couple"),
        shared=True,
        to=place("apl.papiers"),
    ),
    Step(
        "papiers",
        "documents",
        "documents.debut",
        documents=("rib", "bail"),
        note="apl.note_papiers",
        to=place("apl.prix"),
    ),
    Step(
        "prix",
        "say",
        "apl.prix",
        more=True,
        note="apl.note_prix",
        valid_until=PRICE_UNTIL,
        to=place("apl.resume"),
    ),
    Step(
        "resume",
        "say",
        "apl.resume",
        summary=True,
        routes=(Route(place("cloture.souvenir"), "consent", is_="open"),),
        to=place("cloture.autre"),
    ),
)
#: Its first question may be answered by the words that name it.
ENERGY = flow(
    "energie",
    Step(
        "besoin",
        "choose",
        "energie.besoin",
        slot="besoin",
        choices=("coupure", "cheque"),
        to=place("energie.oui"),
    ),
    Step("oui", "confirm", "energie.oui", to=place("cloture.autre"), no=place("cloture.autre")),
)
PRACTICE = flow(
    "entrainement",
    Step("debut", "say", "entrainement.debut", practice=True, to=place("entrainement.demarche")),
    Step("demarche", "choose", "entrainement.demarche", expects="intent", choices=("rsa", "apl")),
)
SCAM = flow(
    "arnaque",
    Step("jamais", "say", "arnaque.jamais", to=place("arnaque.donne")),
    Step("donne", "confirm", "arnaque.donne", to=place("cloture.autre"), no=place("cloture.autre")),
    rehearsed=False,
)
FLOWS = Flows({f.name: f for f in (WELCOME, CLOSING, DANGER, RSA, APL, ENERGY, PRACTICE, SCAM)})

"""The wording of what is texted later: the steps of a procedure, its papers, places and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from voicebot.dialogue.action import Say
from voicebot.prompts import Prompts
from voicebot.texting import split

_HEAD, _CONTACT = "sms.summary", "sms.summary_contact"
MOST_MESSAGES = 3


def summary_texts(prompts: Prompts, record: Mapping[str, Any]) -> tuple[str, ...]:
    """The messages, at most three, of a stored "sms" record: `topic`, `notes` (prompt keys), `slots`.

    A record with `text` was written by a mediator and is sent as it is.
    """
    if record.get("text"):
        return split(str(record["text"]), most=MOST_MESSAGES)
    topic, notes = str(record["topic"]), [str(key) for key in record["notes"]]
    slots = {**record["slots"], **({"topic": topic} if topic else {})}
    keys = [_HEAD, *notes, _CONTACT] if topic else notes
    lines = [
        prompts.text(prompts.render(Say(key, slots=slots), "sms")) for key in keys if key in prompts.entries
    ]
    return split("\n".join(lines), most=MOST_MESSAGES)

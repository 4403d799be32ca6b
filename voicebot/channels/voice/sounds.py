"""What the assistant says, as the sounds that a telephone document plays."""

from __future__ import annotations

from collections.abc import Iterable

from voicebot.channels.service import Conversations
from voicebot.dialogue.action import Say
from voicebot.dialogue.session import Pace
from voicebot.sound import Pause, Sound

_BREATH = Pause(0.3)


def sounds(
    service: Conversations, says: Iterable[Say], pace: Pace = "normal", edition: str = ""
) -> tuple[Sound, ...]:
    """`says` in the sentences of `edition`, with a short pause between them."""
    prompts = service.prompts_of(edition)
    made: list[Sound] = []
    for say in says:
        made += (*prompts.render(say, "keypad", pace), _BREATH)
    return tuple(made[:-1])

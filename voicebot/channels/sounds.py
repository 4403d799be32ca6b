"""What the assistant says as the sounds that a telephone document plays."""

from __future__ import annotations

from collections.abc import Iterable

from voicebot.channels.service import Service, to_say
from voicebot.channels.voice_desk import Audio, Silence, Sound
from voicebot.dialogue.action import Say
from voicebot.dialogue.session import Pace
from voicebot.prompts import Pause
from voicebot.speech.piece import packed

_BREATH_S = 0.3


def sounds(service: Service, says: Iterable[Say], pace: Pace = "normal") -> tuple[Sound, ...]:
    """`says` in our own voice, a breath between them."""
    made: list[Sound] = []
    for say in says:
        for piece in service.prompts.render(say, "keypad"):
            if isinstance(piece, Pause):
                made.append(Silence(piece.seconds))
            else:
                made.append(Audio(service.privacy.seal([packed(to_say(piece)), pace])))
        made.append(Silence(_BREATH_S))
    return tuple(made[:-1])

"""Whether a clock elsewhere agrees with ours."""

from __future__ import annotations

from typing import Final

from voicebot.errors import VoicebotError

#: Seconds. Twilio's Date header has whole seconds, and the round trip takes time too.
_APART_S: Final = 5.0


def check_clock(whose: str, there: float, here: float) -> None:
    """Both in Unix seconds. Raises VoicebotError: deadlines, calling hours and sealed links need one time."""
    apart = abs(there - here)
    if apart > _APART_S:
        raise VoicebotError(
            f"the clocks of this machine and of {whose} are {apart:.0f} s apart: run NTP on it"
        )

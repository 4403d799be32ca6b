"""One text as Twilio posts it: who sent it, its words, and the files that came along."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, model_validator

from voicebot.channels.attachments import Attachment

#: Twilio sends no more files with a message.
_MOST_MEDIA: Final = 10


class TextForm(BaseModel):
    """The fields of a messaging webhook that we read. Source: Twilio, "TwiML Messaging: Request"."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    message_id: Annotated[str, Field(alias="MessageSid", pattern=r"^(SM|MM)[0-9a-fA-F]{32}$")]
    from_number: Annotated[str, Field(alias="From", max_length=256)] = ""
    body: Annotated[str, Field(alias="Body", max_length=4096)] = ""
    media: Annotated[int, Field(alias="NumMedia", ge=0, le=20)] = 0
    sent: tuple[Attachment, ...] = ()
    #: How sure the recognizer is of `body`, and what else it may be, where that was said and not written.
    confidence: float = 1.0
    others: tuple[str, ...] = ()
    #: When it reached the front of the service (Unix seconds), where there is one that says so.
    arrived_at: float | None = None

    @model_validator(mode="before")
    @classmethod
    def _with_attachments(cls, fields: Mapping[str, str]) -> Mapping[str, object]:
        count = str(fields.get("NumMedia", "0"))
        each = range(min(int(count), _MOST_MEDIA) if count.isdecimal() else 0)
        told = [(fields.get(f"MediaUrl{n}", ""), fields.get(f"MediaContentType{n}", "")) for n in each]
        return {**fields, "sent": tuple(Attachment(url, kind) for url, kind in told if url)}

    @property
    def pictures(self) -> bool:
        """Whether it came with anything but sound."""
        return any(not one.is_sound for one in self.sent) or (self.media > 0 and not self.sent)

    @property
    def confirms_oblivion(self) -> bool:
        """Whether somebody confirms that everything is to be forgotten, also an open request."""
        return self.body.strip().strip(".!").lower().split() == ["oui", "oubli"]

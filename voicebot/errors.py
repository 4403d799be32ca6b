"""Our own failures, by name. Each message says what was expected, what came, and what to do.

The person's trouble is an event, never an exception; an exception is ours, and the caller still hears
a sentence.
"""

from __future__ import annotations


class VoicebotError(Exception):
    """Any failure of ours that the command line shows as one sentence."""


class AudioError(VoicebotError):
    """Audio that cannot be read, decoded or made."""


class CallError(VoicebotError):
    """The app does not answer a simulated call as the telephone network expects."""


class ConfigError(VoicebotError):
    """A setting is missing or has a wrong value."""


class DataError(VoicebotError):
    """A YAML or CSV file does not say what it must."""


class ModelError(VoicebotError):
    """A speech model is missing, damaged or cannot be fetched."""


class PromptError(VoicebotError):
    """A prompt cannot be said: it does not exist, or a slot that it needs is not known."""


class RecognizerLost(VoicebotError):  # noqa: N818 - says what happened
    """The recognizer died or hangs in the middle of a call; the call goes on without it."""


class StoreError(VoicebotError):
    """Redis cannot be reached or refuses to write."""


class TryLater(VoicebotError):  # noqa: N818 - says what to do
    """A text or call could not leave now; the queue tries again. `code` says why, by Twilio's number."""

    def __init__(self, code: str) -> None:
        super().__init__(f"Expected Twilio to take a text or call, got {code}: it is tried again later.")
        self.code = code


class TicketMissing(VoicebotError):  # noqa: N818 - says what happened
    """There is no such ticket, or not any more."""

    def __init__(self, ticket_id: str) -> None:
        super().__init__(
            f"Expected a ticket {ticket_id}, there is none: the person may have asked to be forgotten."
        )


class TicketRefused(VoicebotError):  # noqa: N818 - says what happened
    """A ticket's state does not allow what was tried. `holder` is the mediator (id) who has it, or ""."""

    def __init__(self, did: str, state: str, holder: str) -> None:
        super().__init__(
            f"Expected a ticket with which one can {did}, it is {state}"
            + (f" and with mediator {holder}." if holder else ".")
        )
        self.did, self.state, self.holder = did, state, holder


class TwilioRefused(VoicebotError):  # noqa: N818 - says what Twilio did
    """Twilio answered no. `code` is Twilio's error code, or `status` (HTTP) when it gave none."""

    def __init__(self, code: int, status: int) -> None:
        super().__init__(
            f"Expected Twilio to take the request, it refused with error {code} (HTTP {status}); "
            "see Twilio's list of error codes."
        )
        self.code = code
        self.status = status

    @property
    def temporary(self) -> bool:
        """True when the same request may be taken later: too many at once, or trouble at Twilio."""
        return self.status == 429 or self.status >= 500


class TwilioUnreachable(VoicebotError):  # noqa: N818 - as above
    """Twilio gave no answer, or none that can be read; whether it took the request is not known."""

    def __init__(self, what: str) -> None:
        super().__init__(f"Expected an answer from Twilio, got {what}; is the network up?")

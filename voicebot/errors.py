"""Our own failures, by name. Each message says what was expected, what was found, and what to do.

A person's difficulty is an event, never an exception; an exception is our own failure, and even then the
caller hears a sentence.
"""

from __future__ import annotations


class VoicebotError(Exception):
    """Any failure of ours that the command line reports in one sentence."""


class AudioError(VoicebotError):
    """Audio that cannot be read, decoded or produced."""


class CallError(VoicebotError):
    """The app does not answer a simulated call as the telephone network expects."""


class ConfigError(VoicebotError):
    """A setting is missing or has a wrong value."""


class DataError(VoicebotError):
    """A YAML or CSV file does not contain what it must."""


class MediaRefused(VoicebotError):  # noqa: N818 - says what happened
    """A file that came with a text is not looked at."""

    def __init__(self, what: str) -> None:
        super().__init__(f"Expected a picture or a sound of at most 5 MB that Twilio holds, got {what}.")


class ModelError(VoicebotError):
    """A speech model is missing, damaged or cannot be downloaded."""


class PackageError(VoicebotError):
    """A package of an extra is needed and not installed."""

    def __init__(self, package: str, extra: str, otherwise: str) -> None:
        super().__init__(
            f"Expected the package {package}, found none: install it with `pip install 'voicebot[{extra}]'`, "
            f"or {otherwise}."
        )


class PromptError(VoicebotError):
    """A prompt cannot be said: it does not exist, or needs a slot that is not known."""


class RecognizerLost(VoicebotError):  # noqa: N818 - says what happened
    """The recognizer died or hung in the middle of a call, which continues without it."""


class StoreError(VoicebotError):
    """Redis cannot be reached or refuses to write."""


class Erased(StoreError):  # noqa: N818 - says what happened
    """A record of somebody who was forgotten: the key that could open it is destroyed."""


class TryLater(VoicebotError):  # noqa: N818 - says what to do
    """A text or call could not be sent now; the queue retries. `code` is the reason, Twilio's number."""

    def __init__(self, code: str) -> None:
        super().__init__(f"Expected Twilio to accept a text or call, got {code}; it will be retried later.")
        self.code = code


class TicketMissing(VoicebotError):  # noqa: N818 - says what happened
    """There is no such ticket, or no longer."""

    def __init__(self, ticket_id: str) -> None:
        super().__init__(
            f"Expected a ticket {ticket_id}, found none: the person may have asked to be forgotten."
        )


class TicketRefused(VoicebotError):  # noqa: N818 - says what happened
    """A ticket's state does not allow the attempt. `holder` is the id of the mediator who has it, or ""."""

    def __init__(self, did: str, state: str, holder: str) -> None:
        super().__init__(
            f"Expected a ticket that allows one to {did}, got one that is {state}"
            + (f" and with mediator {holder}." if holder else ".")
        )
        self.did, self.state, self.holder = did, state, holder


class TwilioRefused(VoicebotError):  # noqa: N818 - says what Twilio did
    """Twilio refused. `code` is Twilio's error code, or the HTTP `status` if there was none."""

    def __init__(self, code: int, status: int) -> None:
        super().__init__(
            f"Expected Twilio to accept the request, it refused with error {code} (HTTP {status}); "
            "see Twilio's list of error codes."
        )
        self.code = code
        self.status = status

    @property
    def temporary(self) -> bool:
        """True if the same request may succeed later: too many at once, or trouble at Twilio."""
        return self.status == 429 or self.status >= 500


class TwilioUnreachable(VoicebotError):  # noqa: N818 - as above
    """Twilio gave no readable response; whether it accepted the request is unknown."""

    def __init__(self, what: str) -> None:
        super().__init__(f"Expected an answer from Twilio, got {what}; is the network up?")

"""Replies as TwiML."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, assert_never

from voicebot.channels.voice.call_control import (
    Announce,
    AskKeys,
    CallReply,
    ConnectStream,
    Dial,
    Enqueue,
    Hold,
    LeaveQueue,
    RecordVoices,
    Refuse,
    SpeakAndHangUp,
    TakeFromQueue,
)
from voicebot.sound import Audio, Pause, Sound, Speech
from voicebot.telephony import twiml

VOICE_PATH: Final = "/twilio/voice"
KEYS_PATH: Final = "/twilio/voice/keys"
AFTER_PATH: Final = "/twilio/voice/after"
HANDOFF_PATH: Final = "/twilio/voice/handoff"
CALLBACK_PATH: Final = "/twilio/voice/callback"
STATUS_PATH: Final = "/twilio/voice/status"
WAIT_PATH: Final = "/twilio/voice/wait"
WAIT_KEYS_PATH: Final = "/twilio/voice/wait/keys"
ANNOUNCE_PATH: Final = "/twilio/voice/announce"
AUDIO_PATH: Final = "/twilio/audio"
STREAM_PATH: Final = "/twilio/stream"
STUDIO_STREAM_PATH: Final = "/twilio/studio"
AFTER_STUDIO_PATH: Final = "/twilio/voice/studio"
#: The query parameter that says which question a request answers.
TURN: Final = "turn"
#: The longest pause that has an address of its own.
LONGEST_SILENCE_MS: Final = 5000


@dataclass(frozen=True)
class Addresses:
    """Where Twilio reaches us."""

    #: The configured public "https://host".
    origin: str
    #: The name of what is said, of which the sound is then asked for: `CallControl.token`.
    token: Callable[[Speech], str]

    def page(self, path: str, turn: int | None = None) -> str:
        """The address of `path`; `turn` says which question its request answers."""
        return f"{self.origin}{path}" + ("" if turn is None else f"?{TURN}={turn}")

    @property
    def stream(self) -> str:
        """The address of the audio socket."""
        return socket_address(self.origin, STREAM_PATH)

    @property
    def studio_stream(self) -> str:
        """The address of the voice studio's audio socket."""
        return socket_address(self.origin, STUDIO_STREAM_PATH)

    def audio(self, sound: Sound) -> str:
        """The address of a sound. TwiML's own pauses are whole seconds, too long between two choices."""
        return self.page(f"{AUDIO_PATH}/{self._name(sound)}.wav")

    def _name(self, sound: Sound) -> str:
        match sound:
            case Speech():
                return self.token(sound)
            case Pause(seconds):
                return f"silence-{min(round(seconds * 1000), LONGEST_SILENCE_MS)}"
            case Audio(name):
                return name


def socket_address(origin: str, path: str) -> str:
    """The address of an audio socket: wss if we are https."""
    return "ws" + origin.removeprefix("http") + path


def render(reply: CallReply, at: Addresses) -> str:
    """The TwiML document that makes Twilio do what `reply` says."""
    match reply:
        case ConnectStream(turn, parameters, sounds):
            return twiml.connect_stream(
                at.stream, parameters, at.page(AFTER_PATH, turn), _playable(sounds, at)
            )
        case AskKeys():
            action = at.page(reply.action) if reply.action else at.page(KEYS_PATH, reply.turn)
            said = _playable(reply.sounds, at)
            return twiml.ask_keys(said, action, reply.max_digits, reply.finish_on_key, reply.timeout_s)
        case SpeakAndHangUp(sounds):
            return twiml.hang_up(_playable(sounds, at))
        case Enqueue():
            return _enqueue(reply, at)
        case Hold(sounds, round_):
            again = at.page(f"{WAIT_PATH}?round={round_ + 1}")
            return twiml.hold(_playable(sounds, at), at.page(WAIT_KEYS_PATH), again)
        case LeaveQueue():
            return twiml.leave_queue()
        case TakeFromQueue(queue, action, sounds):
            heard = at.page(ANNOUNCE_PATH)
            return twiml.take_from_queue(queue, at.page(action), heard, _playable(sounds, at))
        case Announce(sounds):
            return twiml.play(_playable(sounds, at))
        case Dial():
            return _dial(reply, at)
        case RecordVoices(parameters):
            return twiml.connect_stream(at.studio_stream, parameters, at.page(AFTER_STUDIO_PATH))
        case Refuse(reason):
            return twiml.reject(reason)
    assert_never(reply)


def _enqueue(reply: Enqueue, at: Addresses) -> str:
    wait_url = at.page(reply.wait_path) if reply.wait_path else None
    action = at.page(HANDOFF_PATH, reply.turn)
    return twiml.enqueue(reply.queue, action, wait_url, _playable(reply.sounds, at))


def _dial(reply: Dial, at: Addresses) -> str:
    return twiml.dial_number(
        reply.number,
        at.page(reply.action),
        caller_id=reply.caller_id,
        timeout_s=reply.timeout_s,
        whisper_url=at.page(reply.whisper_path) if reply.whisper_path else None,
        sounds=_playable(reply.sounds, at),
    )


def _playable(sounds: Iterable[Sound], at: Addresses) -> Iterator[twiml.Sound]:
    return (twiml.Play(at.audio(sound)) for sound in sounds)

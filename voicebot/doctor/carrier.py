"""Checks that involve Twilio: its way to us, account and token, numbers, webhooks, clock."""

from __future__ import annotations

import time
from typing import Final

import httpx

from voicebot.app import twilio
from voicebot.channels.sms import SMS_PATH
from voicebot.channels.voice.twiml import STATUS_PATH, VOICE_PATH
from voicebot.config import Settings
from voicebot.doctor.clocks import check_clock
from voicebot.errors import TwilioRefused, VoicebotError
from voicebot.telephony.rest import OwnNumber, TwilioClient

_ANSWER_WITHIN_S: Final = 5.0
_WRONG_TOKEN: Final = 20003


async def address(settings: Settings) -> str:
    """The address leads to us from outside: proxy, certificate and service respond."""
    if not settings.public_url.startswith("https://"):
        raise VoicebotError("set VOICEBOT_PUBLIC_URL to the https address that Twilio calls")
    try:
        async with httpx.AsyncClient(timeout=_ANSWER_WITHIN_S) as client:
            answer = await client.get(f"{settings.public_url}/health")
    except httpx.HTTPError as error:
        raise VoicebotError(
            f"{settings.public_url}/health does not answer ({type(error).__name__}): start the service and "
            "its front, check the name and the certificate"
        ) from None
    if answer.status_code != httpx.codes.OK:
        raise VoicebotError(
            f"{settings.public_url}/health answers {answer.status_code}, expected 200: does it lead to us?"
        )
    return settings.public_url


def _account(settings: Settings) -> TwilioClient:
    if not settings.twilio_tokens:
        raise VoicebotError("set VOICEBOT_TWILIO_TOKEN to the auth token of the Twilio console")
    account = twilio(settings)
    if account is None:
        raise VoicebotError("set VOICEBOT_TWILIO_ACCOUNT to the account SID: without it nothing is sent")
    return account


async def credentials(settings: Settings) -> str:
    """Twilio accepts our account and token."""
    try:
        state = await _account(settings).account()
    except TwilioRefused as refused:
        if refused.code != _WRONG_TOKEN:
            raise
        raise VoicebotError(
            "Twilio knows no such account and token: take VOICEBOT_TWILIO_ACCOUNT and VOICEBOT_TWILIO_TOKEN "
            "from its console again"
        ) from None
    if state.status != "active":
        raise VoicebotError(f"the Twilio account is {state.status}: open it again in Twilio's console")
    return "accepted, active"


async def numbers(settings: Settings) -> str:
    """Our numbers belong to the account and have the capabilities they need."""
    own = {number.number: number for number in await _account(settings).numbers()}
    if not settings.sms_from:
        raise VoicebotError("set VOICEBOT_SMS_FROM to the number that texts and call-backs come from")
    for setting, number in _used(settings):
        if number not in own:
            raise VoicebotError(f"{setting} names a number that the Twilio account does not have: correct it")
        if not own[number].calls:
            raise VoicebotError(f"the number of {setting} cannot take calls: get one with voice")
    if not own[settings.sms_from].texts:
        raise VoicebotError("the number of VOICEBOT_SMS_FROM cannot send texts: get one with SMS")
    return f"{len(_used(settings))} of {len(own)} are used"


def _used(settings: Settings) -> list[tuple[str, str]]:
    numbers = [("VOICEBOT_SMS_FROM", settings.sms_from)]
    return numbers + [("VOICEBOT_MISSED_CALL_NUMBERS", each) for each in sorted(settings.rings_back)]


async def webhooks(settings: Settings) -> str:
    """Twilio asks us what to do with each of our numbers, and has a fallback for when we are down."""
    own = {number.number: number for number in await _account(settings).numbers()}
    there = [(setting, own[number]) for setting, number in _used(settings) if number in own]
    if not there:
        raise VoicebotError("no number to look at: set VOICEBOT_SMS_FROM to a number of the account")
    for setting, number in there:
        for field, (is_, ought) in _hooks(settings, number).items():
            if is_.partition("#")[0] != ought:  # behind it stands how often Twilio repeats
                raise VoicebotError(
                    f'number of {setting}: "{field}" leads to {is_ or "nowhere"}, expected {ought}; change '
                    "it in Twilio's console, Phone Numbers"
                )
        if not number.fallback_url:
            raise VoicebotError(
                f'number of {setting}: "Primary handler fails" leads nowhere; put the text of `voicebot '
                "fallback` into a TwiML Bin and name it there"
            )
    return "as in docs/operating.md"


def _hooks(settings: Settings, number: OwnNumber) -> dict[str, tuple[str, str]]:
    """By the name in Twilio's console: where the number points, and where it should."""
    at = settings.public_url
    calls = {
        "A call comes in": (number.voice_url, at + VOICE_PATH),
        "Call status changes": (number.status_url, at + STATUS_PATH),
    }
    texts = {"A message comes in": (number.sms_url, at + SMS_PATH)}
    return calls | texts if number.number == settings.sms_from else calls


async def clock(settings: Settings) -> str:
    """Our clock agrees with Twilio's: calls are made within hours, and texts searched for by time."""
    state = await _account(settings).account()
    if state.clock is None:
        raise VoicebotError("Twilio did not say what time it is: is there a proxy that drops its Date?")
    check_clock("Twilio", state.clock, time.time())
    return "the same"

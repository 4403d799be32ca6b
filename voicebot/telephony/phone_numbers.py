"""Telephone numbers in one written form, and whether a text can reach them. Source: phonenumbers."""

from __future__ import annotations

import re
from collections.abc import Iterable

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType
from phonenumbers.timezone import time_zones_for_number

#: French mobiles overseas have regions of their own in the numbering plan.
FRENCH_REGIONS = ("FR", "RE", "GP", "MQ", "GF", "YT", "PM", "NC", "PF", "WF")
#: Mobile numbers assigned to nobody, for films and tests. Source: Arcep, numbering plan.
_FICTION = "+3363998"
_HOME, _HOME_ZONE = "FR", "Europe/Paris"
_DEAR = (PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST)
_MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


#: A French mobile number in Twilio's notation, by the rule of phonenumbers itself.
_PLAN = phonenumbers.PhoneMetadata.metadata_for_region(_HOME, None)
_MOBILE_PATTERN = _PLAN.mobile.national_number_pattern if _PLAN and _PLAN.mobile else "(?!)"
_FRENCH_MOBILE = re.compile(rf"\+33(?:{_MOBILE_PATTERN})")


def e164(text: str) -> str | None:
    """`text` as +33…, or None if it cannot be dialled (a hidden caller sends `anonymous`)."""
    if _FRENCH_MOBILE.fullmatch(text):  # nearly everybody who texts; no parsing needed
        return text
    for region in FRENCH_REGIONS:
        try:
            number = phonenumbers.parse(text, region)
        except NumberParseException:
            return None
        written = phonenumbers.format_number(number, PhoneNumberFormat.E164)
        if phonenumbers.is_valid_number(number) or written.startswith(_FICTION):
            return written
    return None


def shown(text: str) -> str | None:
    """`text` as people in France read it, in pairs: "09 37 00 00 00"; None if it is not a number.

    Short numbers such as 3939 stay as they are; foreign ones keep their +.
    """
    try:
        number = phonenumbers.parse(text, _HOME)
    except NumberParseException:
        return None
    if phonenumbers.is_valid_short_number_for_region(number, _HOME):
        return str(number.national_number)
    if not phonenumbers.is_possible_number(number):
        return None
    at_home = number.country_code == phonenumbers.country_code_for_region(_HOME)
    return phonenumbers.format_number(
        number, PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.INTERNATIONAL
    )


def is_textable(number: str | None) -> bool:
    """Whether an SMS can be expected to reach this E.164 number."""
    if not number:
        return False
    try:
        parsed = phonenumbers.parse(number)
    except NumberParseException:
        return False
    return phonenumbers.number_type(parsed) in _MOBILE or number.startswith(_FICTION)


def prefixes(regions: Iterable[str]) -> tuple[str, ...]:
    """How the numbers of `regions` (ISO 3166) begin, such as "+33"."""
    codes = {phonenumbers.country_code_for_region(region) for region in regions}
    return tuple(sorted(f"+{code}" for code in codes))


def may_be_dialled(number: str, beginnings: tuple[str, ...]) -> bool:
    """Whether we may text or call an E.164 number: it has one of `beginnings` and is not a premium number.

    Toll fraud relies on expensive numbers abroad and premium ones at home.
    """
    try:
        kind = phonenumbers.number_type(phonenumbers.parse(number))
    except NumberParseException:
        return False
    return number.startswith(beginnings) and kind not in _DEAR


def whereabouts(number: str) -> tuple[str, tuple[str, ...]]:
    """The country or overseas department (ISO 3166) of an E.164 number, and its possible time zones."""
    parsed = phonenumbers.parse(number)
    zones = [zone for zone in time_zones_for_number(parsed) if not zone.startswith("Etc/")]
    return phonenumbers.region_code_for_number(parsed) or _HOME, tuple(zones) or (_HOME_ZONE,)

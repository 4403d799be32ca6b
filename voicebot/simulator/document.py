"""A TwiML document as the carrier reads it."""

from __future__ import annotations

from xml.etree.ElementTree import Element, ParseError, fromstring

from voicebot.errors import CallError


def parse_twiml(body: bytes) -> Element:
    """The `<Response>` of a document; raises `CallError` if there is none."""
    try:
        root = fromstring(body)
    except ParseError as error:
        raise CallError(f"12100: expected TwiML, got something that is not XML: {error}") from error
    if root.tag != "Response":
        raise CallError(f"12100: expected a Response document, got {root.tag}")
    return root

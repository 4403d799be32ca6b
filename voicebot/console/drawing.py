"""The drawing of a procedure inside a page, and the official page behind a fact."""

from __future__ import annotations

import re
from typing import Final
from xml.etree import ElementTree as ET

import structlog

from voicebot.dialogue.flow import Flow
from voicebot.errors import PackageError
from voicebot.flows.draw import Caption
from voicebot.flows.svg import svg

log = structlog.get_logger()

_SVG: Final = "http://www.w3.org/2000/svg"
_SITE: Final = re.compile(r"(?P<name>[a-z0-9-]+(\.[a-z0-9-]+)*?)\.(gouv\.fr|fr|org|eu)\b")


def without_style(flow: Flow, caption: Caption, current: str | None) -> str:
    """The SVG of `flow` with `current` lit; "" where pictures cannot be drawn.

    Its styles are in console.css: pages allow no inline styles.
    """
    ET.register_namespace("", _SVG)
    try:
        root = ET.fromstring(svg(flow, caption, current))
    except PackageError as error:
        log.warning("drawing", note=str(error))
        return ""
    for style in root.findall(f"{{{_SVG}}}style"):
        root.remove(style)
    return ET.tostring(root, encoding="unicode")


def page_of(source: str) -> str | None:
    """The address of the site that a fact's source begins with ("caf.fr, RSA"), or None if it names none."""
    found = _SITE.match(source)
    if found is None:
        return None
    is_part = "." in found["name"]  # a subdomain, which takes no "www"
    return f"https://{'' if is_part else 'www.'}{found[0]}"

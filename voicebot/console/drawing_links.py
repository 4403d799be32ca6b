"""The drawing of a procedure whose boxes lead to the pages of their steps."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree import ElementTree as ET

from voicebot.console.drawing import without_style
from voicebot.dialogue.flow import Flow
from voicebot.flows.draw import Caption

_SVG = "http://www.w3.org/2000/svg"


def linked(flow: Flow, caption: Caption, address: Callable[[str], str]) -> str:
    """The SVG of `flow`, each own step a link to the `address` of its name; "" where nothing can be drawn."""
    picture = without_style(flow, caption, None)
    if not picture:
        return ""
    root = ET.fromstring(picture)
    root.set("role", "group")  # an image may hold no links
    for at, group in enumerate(list(root)):
        step = group.get("data-step", "")
        if step in flow.steps:
            link = ET.Element(f"{{{_SVG}}}a", {"href": address(step)})
            root.remove(group)
            link.append(group)
            root.insert(at, link)
    return ET.tostring(root, encoding="unicode")

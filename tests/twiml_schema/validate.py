"""Check TwiML documents against schema.json."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Literal
from xml.etree import ElementTree

Kind = Literal["voice", "messaging"]
_TYPES = {"string": r".*", "number": r"-?\d+", "boolean": r"true|false"}


def problems(document: str, kind: Kind = "voice") -> list[str]:
    """What is wrong with `document`: elements out of place, unknown attributes, wrong values; or []."""
    try:
        root = ElementTree.fromstring(document.encode())
    except ElementTree.ParseError as error:
        return [f"not XML: {error}"]
    if root.tag != "Response":
        return [f"expected Response, got {root.tag}"]
    return list(_in_element(root, "Response", _schema()[kind]))


@cache
def _schema() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(Path(__file__).with_name("schema.json").read_text())
    return loaded


def _in_element(element: ElementTree.Element, name: str, classes: dict[str, Any]) -> Iterator[str]:
    rules = classes[name]
    if not rules["text"] and (element.text or "").strip():
        yield f"{element.tag} takes no text"
    for attribute, value in element.attrib.items():
        yield from _in_attribute(element.tag, attribute, value, rules["attributes"])
    for child in element:
        if child.tag not in rules["children"]:
            yield f"{child.tag} does not belong in {element.tag}"
        else:
            yield from _in_element(child, rules["children"][child.tag], classes)


def _in_attribute(tag: str, name: str, value: str, rules: dict[str, Any]) -> Iterator[str]:
    rule = rules.get(name)
    if rule is None:
        yield f"{tag} has no attribute {name}"
        return
    for part in value.split(" ") if rule.get("list") else [value]:
        fits = part in rule["enum"] if "enum" in rule else re.fullmatch(_TYPES[rule["type"]], part, re.S)
        if not fits:
            yield f"{tag} {name}={part!r} is not allowed"

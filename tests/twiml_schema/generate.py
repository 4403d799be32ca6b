"""Make schema.json from the TypeScript types of Twilio's npm package (MIT).

    npm pack twilio@6.2.0 && tar xzf twilio-6.2.0.tgz && python -m tests.twiml_schema.generate package

The files are machine-made and regular, so lines are enough; a line that is not understood is an error.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

Attribute = dict[str, object]
Document = dict[str, object]

_ALIAS = re.compile(r"^    type (\w+) = (.+);$", re.M)
_INTERFACE = re.compile(r"^    (?:export )?interface (\w+)Attributes \{\n(.*?)^    \}$", re.M | re.S)
_FIELD = re.compile(r'^        "?([\w:-]+)"?\?: (\w+)(\[\])?;$')
_CLASS = re.compile(r"^    (?:export )?class (\w+) extends TwiML \{\n(.*?)^    \}$", re.M | re.S)
_ROOT = re.compile(r"^declare class \w+ extends TwiML \{\n(.*?)^\}$", re.M | re.S)
_CHILD = re.compile(r"^ +\w+\((.*)\): (?:Voice|Messaging)Response\.(\w+);$", re.M)
#: The element that a class makes, which for SSML and SIP is not called like the class.
_MADE = re.compile(r'new (?:Voice|Messaging)Response\.(\w+)\(this\.\w+\.ele\("([\w-]+)"')


def schema(types: str, code: str) -> Document:
    """Elements by class: name, whether text fits in, children by element name, attributes by name."""
    names = dict(_MADE.findall(code))
    attributes = _attributes(types)
    root = _ROOT.search(types)
    assert root, "expected a root class"
    bodies = {"Response": root[1], **dict(_CLASS.findall(types))}
    takes_text = {child for body in bodies.values() for child, text in _children(body) if text}
    return {
        name: {
            "element": names.get(name, name),
            "text": name in takes_text,
            "children": {names[child]: child for child, _ in _children(body)},
            "attributes": attributes.get(name, {}),
        }
        for name, body in bodies.items()
    }


def _children(body: str) -> Iterator[tuple[str, bool]]:
    for parameters, child in _CHILD.findall(body):
        yield child, bool(re.search(r"\w+\??: string", parameters))


def _attributes(types: str) -> dict[str, dict[str, Attribute]]:
    enums = {name: re.findall(r'"([^"]*)"', union) for name, union in _ALIAS.findall(types)}
    found: dict[str, dict[str, Attribute]] = {}
    for name, body in _INTERFACE.findall(types):
        lines = [line for line in body.splitlines() if not line.strip().startswith(("/**", "*"))]
        found[name] = dict(_attribute(line, enums) for line in lines)
    return found


def _attribute(line: str, enums: dict[str, list[str]]) -> tuple[str, Attribute]:
    field = _FIELD.match(line)
    if not field:
        raise ValueError(f"expected an attribute such as `length?: number;`, got: {line}")
    name, kind, many = field.groups()
    attribute: Attribute = (
        {"type": kind} if kind in ("string", "number", "boolean") else {"enum": enums[kind]}
    )
    return name, attribute | ({"list": True} if many else {})


def main(package: Path) -> None:
    """Write schema.json beside this file."""
    about = json.loads((package / "package.json").read_text())
    made = {
        name: schema(
            (package / f"lib/twiml/{file}.d.ts").read_text(), (package / f"lib/twiml/{file}.js").read_text()
        )
        for name, file in {"voice": "VoiceResponse", "messaging": "MessagingResponse"}.items()
    }
    licence = (package / "LICENSE").read_text().strip()
    source: Document = {"package": f"npm twilio {about['version']}", "licence": licence}
    Path(__file__).with_name("schema.json").write_text(_lines({"source": source, **made}))


def _lines(document: dict[str, Document]) -> str:
    """JSON with one line for each element, so that a new version can be compared."""
    parts = []
    for name, entries in document.items():
        lines = ",\n".join(
            f"  {json.dumps(key)}: {json.dumps(entry, ensure_ascii=False)}" for key, entry in entries.items()
        )
        parts.append(f" {json.dumps(name)}: {{\n{lines}\n }}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""Cut what we use out of Twilio's OpenAPI document (MIT, github.com/twilio/twilio-oai):

python -m tests.twilio_openapi.cut twilio_api_v2010.json > tests/twilio_openapi/twilio.json
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ACCOUNT = "/2010-04-01/Accounts/{AccountSid}"
OPERATIONS = {
    "/2010-04-01/Accounts/{Sid}.json": ("get",),
    f"{ACCOUNT}/IncomingPhoneNumbers.json": ("get",),
    f"{ACCOUNT}/Messages.json": ("get", "post"),
    f"{ACCOUNT}/Calls.json": ("get", "post"),
    f"{ACCOUNT}/Calls/{{Sid}}.json": ("post",),
    f"{ACCOUNT}/Queues/{{Sid}}.json": ("delete",),
}
_PROSE = ("description", "x-twilio", "title", "tags")
_SCHEMAS = "#/components/schemas/"


def cut(document: dict[str, Any]) -> dict[str, Any]:
    """The same document with nothing but `OPERATIONS` and the schemas that they need, without prose."""
    paths = {
        path: {name: value for name, value in document["paths"][path].items() if name in (*wanted, "servers")}
        for path, wanted in OPERATIONS.items()
    }
    for path in paths.values():
        for operation in path.values():
            _explode_lists(operation)
    schemas = document["components"]["schemas"]
    kept = {name: schemas[name] for name in sorted(_needed(paths, schemas))}
    _leave_no_next_page(paths)
    small = {
        "openapi": document["openapi"],
        "info": {"title": "Twilio, what voicebot uses of it", "version": document["info"]["version"]},
        "paths": paths,
        "components": {"schemas": kept, "securitySchemes": document["components"]["securitySchemes"]},
    }
    return _described(_without_prose(small))


def _described(document: Any) -> Any:
    """An answer without content must at least have a description, or it is none to Prism."""
    for path in document["paths"].values():
        for name, operation in path.items():
            for answer in operation["responses"].values() if name != "servers" else ():
                if not answer:
                    answer["description"] = ""
    return document


def _explode_lists(operation: Any) -> None:
    """Twilio takes a list as repeated fields; the document does not say so, and Prism needs to know."""
    content = operation.get("requestBody", {}).get("content", {}) if isinstance(operation, dict) else {}
    for body in content.values():
        lists = [name for name, field in body["schema"]["properties"].items() if field.get("type") == "array"]
        body["encoding"] = {name: {"style": "form", "explode": True} for name in lists}


def _leave_no_next_page(part: Any) -> None:
    """Prism would make up the address of a next page, which leads nowhere."""
    if isinstance(part, dict):
        part.pop("next_page_uri", None)
        for value in part.values():
            _leave_no_next_page(value)


def _needed(part: Any, schemas: dict[str, Any]) -> set[str]:
    found: set[str] = set()
    waiting = list(_references(part))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(_references(schemas[name]))
    return found


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if str(part.get("$ref", "")).startswith(_SCHEMAS):
            yield part["$ref"].removeprefix(_SCHEMAS)
        for value in part.values():
            yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)


def _without_prose(part: Any, inside_properties: bool = False) -> Any:
    if isinstance(part, dict):
        return {
            name: _without_prose(value, name == "properties")
            for name, value in part.items()
            if inside_properties or name not in _PROSE or (name == "title" and "version" in part)
        }
    return [_without_prose(value) for value in part] if isinstance(part, list) else part


if __name__ == "__main__":
    whole = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    print(json.dumps(cut(whole), ensure_ascii=False, indent=1))

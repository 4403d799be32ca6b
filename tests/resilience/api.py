"""All that the service serves as an OpenAPI document, made of its routes: webhooks, console, trial page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from fastapi import FastAPI
from starlette.routing import Mount, Route

from tests.deployment import ROOT
from voicebot.channels.deliveries import TextStatus
from voicebot.channels.text_form import TextForm
from voicebot.channels.voice.webhooks import CallForm
from voicebot.webphone.calls import Asked

Schema = dict[str, Any]

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
#: What does not end by itself is tested elsewhere; who signs out here has nothing left to try.
_LEFT_OUT = re.compile(r"/stream$|/live/|/sign-out$|/static|\{path")
_FIELD = re.compile(r'\bname="([a-z_]+)"')
_PARAMETER = re.compile(r"{(\w+)(?::\w+)?}")
_ANYTHING: Schema = {"type": "string"}


def document(app: FastAPI, known: dict[str, list[str]]) -> Schema:
    """The document; `known` are good values of fields and parameters, tried beside any others."""
    paths: dict[str, Schema] = {}
    for path, method in sorted(set(_operations(app.router.routes))):
        if not _LEFT_OUT.search(path):
            paths.setdefault(_PARAMETER.sub(r"{\1}", path), {})[method.lower()] = _operation(
                path, method, known
            )
    return {"openapi": "3.1.0", "info": {"title": "voicebot", "version": "1"}, "paths": paths}


def _operations(routes: Iterable[Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for route in routes:
        if isinstance(route, Mount):
            inner = getattr(route.app, "_app", route.app)
            yield from _operations(getattr(getattr(inner, "router", None), "routes", ()), prefix + route.path)
        elif hasattr(route, "original_router"):
            yield from _operations(route.original_router.routes, prefix)
        elif isinstance(route, Route) or hasattr(route, "methods"):
            yield from ((prefix + route.path, method) for method in (route.methods or set()) - {"HEAD"})


def _operation(path: str, method: str, known: dict[str, list[str]]) -> Schema:
    names = _PARAMETER.findall(path)
    parameters = [_parameter(name, "path", known, needed=True) for name in names]
    parameters += [_parameter(name, "query", known) for name in ("turn", "failures", "of", "next", "q")]
    operation: Schema = {"parameters": parameters, "responses": {"default": {"description": "any"}}}
    if method == "POST":
        kind, fields = _body(path)
        properties = {name: _value(name, known) for name in fields}
        schema = {"type": "object", "properties": properties, "additionalProperties": _ANYTHING}
        operation["requestBody"] = {"required": True, "content": {kind: {"schema": schema}}}
    return operation


def _body(path: str) -> tuple[str, set[str]]:
    """How a request to `path` is written, and its fields."""
    if path.startswith("/essai"):
        return JSON, set(Asked.model_fields) | {"body"}
    if path.startswith("/twilio"):
        forms = (CallForm, TextForm, TextStatus)
        return FORM, {field.alias or name for form in forms for name, field in form.model_fields.items()}
    templates = (ROOT / "voicebot" / "console" / "templates").rglob("*.html")
    return FORM, {name for path_ in templates for name in _FIELD.findall(path_.read_text(encoding="utf-8"))}


def _parameter(name: str, where: str, known: dict[str, list[str]], needed: bool = False) -> Schema:
    return {"name": name, "in": where, "required": needed, "schema": _value(name, known)}


def _value(name: str, known: dict[str, list[str]]) -> Schema:
    return {"anyOf": [{"enum": known[name]}, _ANYTHING]} if name in known else _ANYTHING

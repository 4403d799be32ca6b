"""The dashboard and the alerts speak of metrics that exist."""

from __future__ import annotations

import json
import re

from ruamel.yaml import YAML

from tests.deployment import ROOT
from voicebot import metrics

_METRIC = re.compile(r"\bvoicebot_[a-z_]+")
_SUFFIX = re.compile(r"_(bucket|count|sum|total)$")


def known() -> set[str]:
    """The metrics that a service offers, without the endings of their series."""
    metrics.outbox("sms", 0, 0, 0.0)
    metrics.count({"calls": 1})
    metrics.failed("stream broken", "OSError")
    metrics.replied("yes_no", {"speech": 0.1})
    helps = re.findall(r"^# TYPE (\w+)", metrics.page().decode(), re.MULTILINE)
    return {_SUFFIX.sub("", name) for name in helps}


def test_the_dashboard_draws_what_is_measured() -> None:
    board = json.loads((ROOT / "deploy" / "grafana.json").read_text(encoding="utf-8"))
    asked = {
        name
        for panel in board["panels"]
        for each in panel["targets"]
        for name in _METRIC.findall(each["expr"])
    }
    assert len(asked) >= 5
    assert {_SUFFIX.sub("", name) for name in asked} <= known()


def test_the_alerts_look_at_what_is_measured() -> None:
    written = YAML(typ="safe").load((ROOT / "deploy" / "alerts.yaml").read_text(encoding="utf-8"))
    rules = [rule for group in written["groups"] for rule in group["rules"]]
    assert {rule["labels"]["severity"] for rule in rules} == {"wake", "look"}
    asked = {name for rule in rules for name in _METRIC.findall(rule["expr"])}
    assert {_SUFFIX.sub("", name) for name in asked} <= known()

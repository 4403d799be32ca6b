"""The dashboard, the alerts and the manifests: read by the parsers of those who run them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]
import promql_parser
import pytest
from ruamel.yaml import YAML

from tests.deployment import ROOT
from voicebot.config import Settings
from voicebot.observability import metrics

_METRIC = re.compile(r"\bvoicebot_[a-z_]+")
_SUFFIX = re.compile(r"_(bucket|count|sum|total)$")
_VARIABLE = re.compile(r"\$(\w+)")
#: What Grafana puts in for its variables before Prometheus sees them.
_FILLED_IN = {"__rate_interval": "5m", "flow": "rsa"}
#: Everything that must be watched, each on the dashboard.
WATCHED = {
    "voicebot_calls_live",
    "voicebot_reply_seconds",
    "voicebot_events",
    "voicebot_failures",
    "voicebot_recognizer_stuck",
    "voicebot_queue_tickets",
    "voicebot_queue_wait_seconds",
    "voicebot_outbox",
    "voicebot_outbox_overdue_seconds",
    "voicebot_deliveries_failed",
    "voicebot_store_up",
    "voicebot_log_lines_lost",
}


def known() -> set[str]:
    """The metrics that a service offers, without the endings of their series."""
    metrics.outbox("sms", 0, 0, 0.0)
    metrics.gave_up("sms", {"21614": 1})
    metrics.queue([])
    metrics.count({"calls": 1})
    metrics.failed("stream broken", "OSError")
    metrics.replied("yes_no", {"speech": 0.1})
    helps = re.findall(r"^# TYPE (\w+)", metrics.page().decode(), re.MULTILINE)
    return {_SUFFIX.sub("", name) for name in helps}


def of_dashboard() -> Iterator[str]:
    board = json.loads((ROOT / "deploy" / "grafana.json").read_text(encoding="utf-8"))
    for panel in board["panels"]:
        yield from (each["expr"] for each in panel["targets"])


def rules() -> list[dict[str, Any]]:
    written = YAML(typ="safe").load((ROOT / "deploy" / "alerts.yaml").read_text(encoding="utf-8"))
    return [rule for group in written["groups"] for rule in group["rules"]]


def metrics_in(expressions: Iterator[str]) -> set[str]:
    return {_SUFFIX.sub("", name) for expression in expressions for name in _METRIC.findall(expression)}


def test_the_dashboard_draws_all_that_is_watched_and_nothing_unknown() -> None:
    drawn = metrics_in(of_dashboard())
    assert drawn >= WATCHED
    assert drawn <= known()


def test_the_alerts_look_at_what_is_measured() -> None:
    assert metrics_in(rule["expr"] for rule in rules()) <= known()


def test_prometheus_can_read_every_expression() -> None:
    expressions = [*of_dashboard(), *(rule["expr"] for rule in rules())]
    assert len(expressions) > 20
    for expression in expressions:
        filled = _VARIABLE.sub(lambda found: _FILLED_IN[found[1]], expression)
        promql_parser.parse(filled)


def test_a_broken_expression_is_found() -> None:
    with pytest.raises(ValueError):
        promql_parser.parse("sum(rate(voicebot_failures_total[5m])")


def test_alerts_say_how_urgent_they_are_and_what_it_means_to_callers() -> None:
    for rule in rules():
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}, rule["alert"]
        assert rule["labels"]["severity"] in ("wake", "look"), rule["alert"]
        assert rule["annotations"]["summary"].endswith((".", "?")), rule["alert"]
    assert len({rule["alert"] for rule in rules()}) == len(rules())


def test_the_panels_do_not_overlap() -> None:
    board = json.loads((ROOT / "deploy" / "grafana.json").read_text(encoding="utf-8"))
    places = [tuple(panel["gridPos"][side] for side in "xy") for panel in board["panels"]]
    assert len(set(places)) == len(places)
    assert len({panel["id"] for panel in board["panels"]}) == len(places)


@pytest.mark.parametrize("version", ["1.30", "1.37"])
def test_kubernetes_takes_the_manifests(version: str) -> None:
    manifests = list(YAML(typ="safe").load_all((ROOT / "deploy" / "kubernetes.yaml").read_text("utf-8")))
    assert {one["kind"] for one in manifests} == {
        "Deployment",
        "StatefulSet",
        "Service",
        "PodDisruptionBudget",
        "NetworkPolicy",
        "PersistentVolumeClaim",
    }
    for manifest in manifests:
        kubernetes_validate.validate(manifest, version, strict=True)


def test_a_manifest_with_a_slip_is_refused() -> None:
    manifest = next(YAML(typ="safe").load_all((ROOT / "deploy" / "kubernetes.yaml").read_text("utf-8")))
    manifest["spec"]["template"]["spec"]["containers"][0]["readinessprobe"] = {}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(manifest, "1.37", strict=True)


def pods() -> dict[str, dict[str, Any]]:
    """What each workload of the manifests runs, by its name."""
    manifests = YAML(typ="safe").load_all((ROOT / "deploy" / "kubernetes.yaml").read_text("utf-8"))
    return {
        one["metadata"]["name"]: one["spec"]["template"]["spec"]
        for one in manifests
        if "template" in one["spec"]
    }


@pytest.mark.parametrize("name", ["voicebot", "voicebot-worker", "voicebot-keys"])
def test_a_pod_may_do_no_more_than_it_must(name: str) -> None:
    pod = pods()[name]
    (container,) = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["automountServiceAccountToken"] is False
    may = container["securityContext"]
    assert may["readOnlyRootFilesystem"]
    assert may["allowPrivilegeEscalation"] is False
    assert may["capabilities"] == {"drop": ["ALL"]}
    assert ":" in container["image"], "a tag"
    assert set(container["resources"]) == {"requests", "limits"}


def test_a_pod_ends_only_after_its_calls() -> None:
    pod = pods()["voicebot"]
    (container,) = pod["containers"]
    (_, pause_s) = container["lifecycle"]["preStop"]["exec"]["command"]
    drain_s = Settings.model_fields["drain_s"].default
    assert pod["terminationGracePeriodSeconds"] > int(pause_s) + drain_s + 10
    assert pod["affinity"]["podAntiAffinity"]


def test_recordings_and_spooled_webhooks_outlive_a_pod() -> None:
    volumes = {one["name"]: one for one in pods()["voicebot"]["volumes"]}
    assert {name for name, one in volumes.items() if "persistentVolumeClaim" in one} == {"content", "spool"}


def test_everybody_in_kubernetes_shares_the_personal_keys() -> None:
    told = {
        one["value"]
        for name in ("voicebot", "voicebot-worker")
        for one in pods()[name]["containers"][0]["env"]
        if one["name"] == "VOICEBOT_PERSONAL_KEYS"
    }
    assert told == {"redis://voicebot-keys:6379/0"}
    assert pods()["voicebot-keys"]["containers"][0]["args"][2] == "no", "no append-only file"


def compose() -> dict[str, Any]:
    return dict(YAML(typ="safe").load((ROOT / "docker-compose.yml").read_text("utf-8")))


@pytest.mark.parametrize("name", ["app1", "app2", "worker", "redis", "front"])
def test_a_container_may_do_no_more_than_it_must(name: str) -> None:
    service = compose()["services"][name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert service["logging"]["options"] == {"max-size": "10m", "max-file": "5"}
    assert re.search(r":[0-9]+\.[0-9]+", service["image"]), "a version, not what floats"


def test_redis_is_behind_a_password_and_out_of_reach_of_the_front() -> None:
    services, redis = compose()["services"], compose()["services"]["redis"]
    assert redis["networks"] == ["store"]
    assert "store" not in services["front"]["networks"]
    assert compose()["networks"]["store"] == {"internal": True}
    for option in ("--requirepass", "--maxmemory 1gb", '--save ""', "--maxmemory-policy noeviction"):
        assert option in redis["command"][-1]
    assert "${REDIS_PASSWORD:?" in services["app1"]["environment"]["REDIS_URL"]


def test_containers_share_the_keys_and_what_is_spooled() -> None:
    for name in ("app1", "app2", "worker"):
        service = compose()["services"][name]
        assert {"keys:/app/var/keys", "spool:/app/var/spool"} <= set(service["volumes"])
        assert service["environment"]["VOICEBOT_PERSONAL_KEYS"].startswith("/app/var/keys/")
        assert service["stop_grace_period"] == "150s"

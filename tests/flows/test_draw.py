"""Drawings show every step and every way, as Mermaid text and as an accessible SVG."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from voicebot.dialogue.flow import Flow
from voicebot.flows.draw import mermaid
from voicebot.flows.load import load_flows
from voicebot.flows.svg import svg

SVG = "{http://www.w3.org/2000/svg}"
RSA = """\
flow: rsa
start: age
steps:
  fin: {kind: end}
  age:
    kind: ask
    slot: age
    expects: age
    unknown: logement
    routes:
      - when: {slot: age, below: 18}
        to: fin
      - when: {slot: age, at_least: 65}
        to: retraite.debut
    to: logement
  logement:
    kind: choose
    slot: logement
    choices: [locataire, rue]
    other: fin
    routes:
      - when: {slot: logement, is: rue}
        to: conseiller
    to: enfant
  enfant: {kind: confirm, slot: enfant, to: ou, no: age}
  ou: {kind: lookup, lookup: caf, to: fin, no: conseiller}
  conseiller: {kind: handoff}
"""
CAPTIONS = {
    "rsa.age": 'Quel "âge" avez-vous, <s\'il vous plaît> & merci ?',
    "rsa.logement": "Où dormez-vous ? " + "C'est une longue question. " * 20,
    "rsa.logement.rue": "à la rue",
}


def caption(key: str) -> str:
    return CAPTIONS.get(key, key)


@pytest.fixture
def flow(tmp_path: Path) -> Flow:
    (tmp_path / "rsa.yaml").write_text(RSA)
    return load_flows(tmp_path).by_name["rsa"]


def test_mermaid_has_a_node_for_each_step_and_an_arrow_for_each_way(flow: Flow) -> None:
    lines = mermaid(flow, caption).splitlines()
    assert lines[0] == "flowchart TD"
    assert all(any(f'"{name}<br/>' in line for line in lines) for name in flow.steps)
    arrows = [line.strip() for line in lines if "-->" in line]
    assert 'n0 -->|"moins de 18"| n1' in arrows
    assert (
        'n0 -->|"je ne sais pas ou sinon"| n2' in arrows or 'n0 -->|"sinon ou je ne sais pas"| n2' in arrows
    )
    assert any("65 ou plus" in arrow for arrow in arrows)
    assert {"oui", "non", "à la rue", "trouvé", "rien trouvé"} <= {a.split('"')[1] for a in arrows}


def test_mermaid_text_cannot_break_out_of_its_quotes(flow: Flow) -> None:
    node = next(line for line in mermaid(flow, caption).splitlines() if "avez-vous" in line)
    assert node.count('"') == 2
    assert "#lt;s'il" in node


def test_the_svg_shows_every_step_and_is_readable_by_a_screen_reader(flow: Flow) -> None:
    root = ET.fromstring(svg(flow, caption))
    steps = {group.get("data-step"): group for group in root.iter(f"{SVG}g") if group.get("data-step")}
    assert set(flow.steps) < set(steps)
    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == "Démarche rsa"
    assert "6 étapes" in (root.findtext(f"{SVG}desc") or "")
    assert CAPTIONS["rsa.age"] in (steps["age"].findtext(f"{SVG}title") or "")
    arrows = [path for path in root.iter(f"{SVG}path") if path.get("class") == "arrow"]
    assert len(arrows) == mermaid(flow, caption).count("-->")


def test_papers_are_one_box_with_their_names(tmp_path: Path) -> None:
    (tmp_path / "apl.yaml").write_text(
        "flow: apl\nstart: papiers\nsteps:\n"
        "  papiers: {kind: documents, documents: [rib, bail], to: fin}\n  fin: {kind: end}\n"
    )
    flow = load_flows(tmp_path).by_name["apl"]
    names = {"documents.rib:label": "le RIB", "documents.bail:label": "le bail"}
    drawn = mermaid(flow, lambda key: names.get(key, key))
    assert 'n0[/"papiers<br/>le RIB, le bail"\\]' in drawn
    assert drawn.count("-->") == 1
    assert "Papiers" in svg(flow, lambda key: names.get(key, key))


def test_the_current_step_alone_is_lit(flow: Flow) -> None:
    root = ET.fromstring(svg(flow, caption, current="logement"))
    lit = [group.get("data-step") for group in root.iter(f"{SVG}g") if group.get("class") == "current"]
    assert lit == ["logement"]


def test_boxes_do_not_overlap_and_lie_inside_the_picture(flow: Flow) -> None:
    root = ET.fromstring(svg(flow, caption))
    boxes = [
        [float(rect.get(side, "")) for side in ("x", "y", "width", "height")]
        for rect in root.iter(f"{SVG}rect")
        if rect.get("class") == "ground"
    ]
    left, top, width, height = map(float, root.get("viewBox", "").split())
    assert len(boxes) == 7
    for index, (x, y, w, h) in enumerate(boxes):
        assert left <= x <= x + w <= left + width
        assert top <= y <= y + h <= top + height
        for x2, y2, w2, h2 in boxes[:index]:
            assert x + w <= x2 or x2 + w2 <= x or y + h <= y2 or y2 + h2 <= y


def test_the_same_flow_is_always_drawn_the_same(flow: Flow) -> None:
    assert svg(flow, caption) == svg(flow, caption)

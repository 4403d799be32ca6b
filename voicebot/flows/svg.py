"""A flow as an accessible SVG. The only module that imports graphlay, which places boxes and lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from voicebot.dialogue.flow import Flow
from voicebot.errors import PackageError
from voicebot.flows.draw import Arrow, Box, Caption, Sketch, sketch, words

if TYPE_CHECKING:
    import graphlay

_Point = tuple[float, float]

# All sizes are in pixels.
_BOX_WIDTH, _PADDING, _LINE, _HEADING = 250, 12, 17, 22
_CHARS, _MOST_LINES, _LABEL_CHARS = 34, 5, 24
_CHAR_WIDTH, _LABEL_LINE = 6.4, 15
_MARGIN, _TITLE, _CORNER = 24, 40, 8

#: Stripe and background of each kind. Dark text on each background has a contrast above 7:1 (WCAG AAA).
_COLOURS = {
    "say": ("#5b6b7f", "#f4f6f8"),
    "ask": ("#1f5fa8", "#eef5fd"),
    "choose": ("#0f766e", "#ecf9f7"),
    "confirm": ("#6d4aa8", "#f5f0fc"),
    "documents": ("#9d2c6b", "#fdf1f7"),
    "lookup": ("#8a5a00", "#fdf6e6"),
    "handoff": ("#b3261e", "#fdf0ef"),
    "end": ("#2f6b2f", "#eff8ee"),
    "elsewhere": ("#7a7f87", "#ffffff"),
}
_STYLE = """
text { font-family: system-ui, "Segoe UI", "DejaVu Sans", sans-serif; font-size: 13px; fill: #1b2430; }
.heading { font-size: 11px; font-weight: 700; }
.name { font-size: 11px; fill: #4a5563; }
.flow { font-size: 18px; font-weight: 700; }
.arrow { fill: none; stroke: #5b6676; stroke-width: 1.5; }
.label { font-size: 12px; fill: #26303c; }
.current .ground { stroke: #c2410c; stroke-width: 4; }
.current .heading { fill: #9a3412; }
"""


@dataclass(frozen=True)
class _Placed:
    box: Box
    lines: tuple[str, ...]
    left: float
    top: float
    height: float


def svg(flow: Flow, caption: Caption, current: str | None = None) -> str:
    """`flow` as one SVG element; the step named `current` is highlighted."""
    drawn = sketch(flow, caption)
    laid = _lay_out(drawn)
    low, high = laid.bounds["min"], laid.bounds["max"]
    left, top = low["x"] - _MARGIN, low["y"] - _MARGIN - _TITLE
    root = _root(drawn, (left, top, high["x"] + _MARGIN - left, high["y"] + _MARGIN - top))
    _text(root, words()["title"].format(flow=flow.name), left + _MARGIN, top + _TITLE - 8, "flow")
    labels = ET.Element("g")
    for arrow, edge in zip(drawn.arrows, laid.edges, strict=True):
        _draw_arrow(root, [(point["x"], point["y"]) for point in edge["points"]])
        if edge["label_anchor"]:
            _draw_label(labels, arrow, edge["label_anchor"]["x"], edge["label_anchor"]["y"])
    for placed in _placed(drawn, laid):
        _draw_box(root, placed, placed.box.id == current)
    root.append(labels)
    return ET.tostring(root, encoding="unicode")


def _lay_out(drawn: Sketch) -> graphlay.Layout:
    try:
        import graphlay
    except ModuleNotFoundError as missing:
        raise PackageError("graphlay", "authoring", "draw it as Mermaid text, without --svg") from missing
    graph = graphlay.Graph()
    for box in drawn.boxes:
        graph.node(box.id, width=_BOX_WIDTH, height=_height(_lines(box)))
    for arrow in drawn.arrows:
        lines = _label_lines(arrow)
        width, height = _label_size(lines)
        room: dict[str, Any] = {"label_size": {"width": width, "height": height}} if lines else {}
        graph.edge(arrow.source, arrow.target, **room)
    return graphlay.layout(graph, preset="process_map")


def _lines(box: Box) -> tuple[str, ...]:
    lines = wrap(box.text, _CHARS)
    cut = [*lines[: _MOST_LINES - 1], lines[_MOST_LINES - 1] + " …"] if len(lines) > _MOST_LINES else lines
    return tuple(cut)


def _label_lines(arrow: Arrow) -> list[str]:
    return wrap(arrow.label, _LABEL_CHARS)


def _label_size(lines: Sequence[str]) -> tuple[float, float]:
    return max(map(len, lines), default=0) * _CHAR_WIDTH + 8, len(lines) * _LABEL_LINE + 2


def _height(lines: Sequence[str]) -> float:
    return 2 * _PADDING + _HEADING + len(lines) * _LINE - 6


def _placed(drawn: Sketch, laid: graphlay.Layout) -> Iterator[_Placed]:
    for box, node in zip(drawn.boxes, laid.nodes, strict=True):
        lines = _lines(box)
        height = _height(lines)
        yield _Placed(
            box, lines, node["center"]["x"] - _BOX_WIDTH / 2, node["center"]["y"] - height / 2, height
        )


def _root(drawn: Sketch, view: tuple[float, float, float, float]) -> ET.Element:
    left, top, width, height = view
    root = ET.Element("svg", xmlns="http://www.w3.org/2000/svg", role="img", lang="fr")
    root.set("viewBox", " ".join(f"{value:.0f}" for value in view))
    root.set("width", f"{width:.0f}")
    root.set("height", f"{height:.0f}")
    count = sum(box.kind != "elsewhere" for box in drawn.boxes)
    ET.SubElement(root, "title").text = words()["title"].format(flow=drawn.flow)
    ET.SubElement(root, "desc").text = words()["description"].format(flow=drawn.flow, count=count)
    ET.SubElement(root, "style").text = _STYLE
    head = ET.SubElement(
        ET.SubElement(root, "defs"), "marker", id="arrowhead", orient="auto", viewBox="0 0 10 10"
    )
    head.attrib |= {"refX": "9", "refY": "5", "markerWidth": "8", "markerHeight": "8"}
    ET.SubElement(head, "path", d="M0 0 L10 5 L0 10 Z", fill="#5b6676")
    _rect(root, left, top, width, height, fill="#ffffff")
    return root


def _draw_box(root: ET.Element, placed: _Placed, current: bool) -> None:
    box = placed.box
    stripe, ground = _COLOURS[box.kind]
    group = ET.SubElement(root, "g", {"class": "current" if current else box.kind, "data-step": box.id})
    heading = f"{box.heading} · {words()['here']}" if current else box.heading
    ET.SubElement(group, "title").text = f"{heading} : {box.text}"
    dashed = {"stroke-dasharray": "5 4"} if box.kind == "elsewhere" else {}
    shape = {"class": "ground", "rx": "8", "fill": ground, "stroke": stripe, **dashed}
    _rect(group, placed.left, placed.top, _BOX_WIDTH, placed.height, **shape)
    _rect(group, placed.left, placed.top + 8, 5, placed.height - 16, fill=stripe, rx="2")
    left, line = placed.left + _PADDING + 4, placed.top + _PADDING + 8
    _text(group, heading, left, line, "heading")
    if box.kind != "elsewhere" and not current:
        _text(group, box.id, placed.left + _BOX_WIDTH - _PADDING, line, "name").set("text-anchor", "end")
    for number, text in enumerate(placed.lines):
        _text(group, text, left, line + _HEADING + number * _LINE, "words")


def _draw_arrow(root: ET.Element, points: Sequence[_Point]) -> None:
    ET.SubElement(root, "path", {"class": "arrow", "d": _rounded(points), "marker-end": "url(#arrowhead)"})


def _draw_label(root: ET.Element, arrow: Arrow, x: float, y: float) -> None:
    lines = _label_lines(arrow)
    width, height = _label_size(lines)
    _rect(root, x - width / 2, y - height / 2, width, height, fill="#ffffff", rx="3")
    top = y - (len(lines) - 1) * _LABEL_LINE / 2 + 4
    for number, text in enumerate(lines):
        _text(root, text, x, top + number * _LABEL_LINE, "label").set("text-anchor", "middle")


def _rounded(points: Sequence[_Point]) -> str:
    """An SVG path through `points` whose corners are rounded."""
    path = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        (ax, ay), (bx, by) = _towards(corner, before), _towards(corner, after)
        path.append(f"L{ax:.1f} {ay:.1f} Q{corner[0]:.1f} {corner[1]:.1f} {bx:.1f} {by:.1f}")
    path.append(f"L{points[-1][0]:.1f} {points[-1][1]:.1f}")
    return " ".join(path)


def _towards(corner: _Point, other: _Point) -> _Point:
    """The point where rounding begins, on the way from `corner` to `other`."""
    dx, dy = other[0] - corner[0], other[1] - corner[1]
    length = max((dx * dx + dy * dy) ** 0.5, 1e-6)
    share = min(_CORNER, length / 2) / length
    return corner[0] + dx * share, corner[1] + dy * share


def _rect(parent: ET.Element, x: float, y: float, width: float, height: float, **more: str) -> None:
    size = {"x": f"{x:.1f}", "y": f"{y:.1f}", "width": f"{width:.1f}", "height": f"{height:.1f}"}
    ET.SubElement(parent, "rect", size | more)


def _text(parent: ET.Element, text: str, x: float, y: float, kind: str) -> ET.Element:
    element = ET.SubElement(parent, "text", {"x": f"{x:.1f}", "y": f"{y:.1f}", "class": kind})
    element.text = text
    return element

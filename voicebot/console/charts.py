"""Charts as SVG pictures. The only module that imports pygal; the pictures load nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal
from xml.etree.ElementTree import Element

import pygal
from pygal.style import Style

from voicebot.console.counting import Shown

#: The narrow one is drawn separately for telephones: a scaled-down wide one would be illegible.
Size = Literal["wide", "narrow"]
_WIDTHS: Final[Mapping[Size, int]] = {"wide": 560, "narrow": 400}
_HEIGHT: Final = 280
_MOST_LABELS: Final[Mapping[Size, int]] = {"wide": 15, "narrow": 5}
_FONT: Final = 'system-ui, "Segoe UI", "DejaVu Sans", sans-serif'
#: Distinguishable without colour too: dark, medium, pale.
_COLOURS: Final = ("#0f4c5c", "#d9773f", "#b9c4c9")


def stacked(days: Sequence[str], counts: Mapping[str, Sequence[Shown]], size: Size) -> bytes:
    """Stacked bars, one per day, one colour for each name in `counts`; hidden counts are left out."""
    chart = pygal.StackedBar(
        js=[],
        style=_style(),
        width=_WIDTHS[size],
        height=_HEIGHT,
        disable_xml_declaration=True,
        legend_at_bottom=True,
        legend_at_bottom_columns=len(counts),
        legend_box_size=14,
        margin=6,
        min_scale=2,
        max_scale=6,
        show_minor_x_labels=False,
        no_data_text="",
        value_formatter=lambda value: f"{value:.0f}",
    )
    chart.x_labels = [f"{day[8:]}/{day[5:7]}" for day in days]
    step = -(-len(days) // _MOST_LABELS[size])
    chart.x_labels_major = [label for at, label in enumerate(chart.x_labels) if at % step == 0]
    for name, values in counts.items():
        chart.add(name, [value if isinstance(value, int) else None for value in values])
    chart.add_xml_filter(_without_script)
    drawn: bytes = chart.render()
    return drawn


def _without_script(root: Element) -> Element:
    """Remove scripts: pygal embeds its settings in a script even when it loads none."""
    for parent in root.iter():
        for script in [child for child in parent if str(child.tag).endswith("script")]:
            parent.remove(script)
    return root


def _style() -> Style:
    return Style(
        background="#ffffff",
        plot_background="#ffffff",
        foreground="#1c2b33",
        foreground_strong="#1c2b33",
        foreground_subtle="#ddd6ca",
        guide_stroke_color="#e7e2d9",
        major_guide_stroke_color="#ddd6ca",
        guide_stroke_dasharray="0",
        major_guide_stroke_dasharray="0",
        opacity="1",
        opacity_hover="1",
        colors=_COLOURS,
        font_family=_FONT,
        label_font_size=13,
        major_label_font_size=13,
        legend_font_size=14,
    )

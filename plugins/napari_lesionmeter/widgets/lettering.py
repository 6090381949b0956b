"""Text that reads on the viewer's theme and is as large as the user has set it in the preferences."""

from __future__ import annotations

import html
from typing import Any

from napari.settings import get_settings
from napari.utils.theme import get_theme


def points_high() -> float:
    """The size of letters on the canvas, in points: that of the panels."""
    return float(get_settings().appearance.font_size)


def ink(viewer: Any) -> str:
    """Black or white, whichever reads on the canvas of the viewer's theme."""
    red, green, blue = get_theme(viewer.theme).canvas.as_rgb_tuple()[:3]
    return "black" if 0.3 * red + 0.59 * green + 0.11 * blue > 127 else "white"


def large(words: str, *, bold: bool = False) -> str:
    """Words for a label that are larger than the rest of the panel, whatever its size; as rich text."""
    safe = html.escape(words)
    return f"<big>{f'<b>{safe}</b>' if bold else safe}</big>"

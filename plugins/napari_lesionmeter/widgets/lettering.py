"""Text that is as large as the user has set it in the viewer's preferences."""

from __future__ import annotations

import html

from napari.settings import get_settings


def points_high() -> float:
    """The size of letters on the canvas, in points: that of the panels."""
    return float(get_settings().appearance.font_size)


def large(words: str, *, bold: bool = False) -> str:
    """Words for a label that are larger than the rest of the panel, whatever its size; as rich text."""
    safe = html.escape(words)
    return f"<big>{f'<b>{safe}</b>' if bold else safe}</big>"

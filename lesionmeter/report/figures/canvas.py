"""What all charts have in common: style, colours, and the way from a figure to a vector file.

matplotlib is met only when a chart is drawn.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from lesionmeter.model.findings import Call

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LESS: Final = "#0072b2"
MORE: Final = "#c24a00"
SAME: Final = "#3d3d3d"
OPEN: Final = "#8a8a8a"

CALL_COLOURS: Final = {
    Call.REGRESSION: LESS,
    Call.RESOLVED: LESS,
    Call.PROGRESSION: MORE,
    Call.NEW: MORE,
    Call.STABLE: SAME,
    Call.INDETERMINATE: OPEN,
    Call.NOT_ASSESSABLE: "#b5b5b5",
}
"""Blue is less calcinosis, orange is more, near black no change, grey undecided: after Okabe and Ito, so that people
who do not tell red from green tell these apart."""

_STYLE: Final[Any] = {
    "svg.fonttype": "none",
    "pdf.fonttype": 42,
    "svg.hashsalt": "lesionmeter",  # the same chart is the same bytes
    "font.family": "sans-serif",
    "font.sans-serif": ["Helvetica Neue", "Helvetica", "Arial", "DejaVu Sans"],
    "font.size": 8.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#888",
    "axes.labelcolor": "#333",
    "xtick.color": "#555",
    "ytick.color": "#555",
}


def style() -> Any:
    """A context in which charts are drawn alike."""
    import matplotlib as mpl

    return mpl.rc_context(_STYLE)


def blank(width: float, height: float, margins: tuple[float, float, float, float]) -> tuple[Figure, Axes]:
    """An empty figure of a size in inches, and its axes inside margins (left, bottom, right, top) in inches."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height))
    left, bottom, right, top = margins  # a layout engine would draw every chart twice
    axes = figure.add_axes((left / width, bottom / height, 1 - (left + right) / width, 1 - (bottom + top) / height))
    return figure, axes


def to_svg(figure: Figure) -> str:
    """The figure as SVG, the same bytes each time."""
    text = io.StringIO()
    with style():  # what is decided on saving: letters stay letters, and ids do not depend on chance
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    return text.getvalue()


def write_vector(figure: Figure, path: Path) -> None:
    """Write a figure as `path` with the ending .svg, and beside it as .pdf."""
    path.with_suffix(".svg").write_text(to_svg(figure), encoding="utf-8", newline="\n")
    nothing = {"CreationDate": None, "Creator": None, "Producer": None}
    with style():
        figure.savefig(path.with_suffix(".pdf"), format="pdf", metadata=nothing)

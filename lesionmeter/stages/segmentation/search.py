"""Find, outline and choose: the order of the acts of segmentation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lesionmeter.errors import UsageError
from lesionmeter.model.deposit import DepositMap
from lesionmeter.model.geometry import Points
from lesionmeter.model.patient import HandView, Hint
from lesionmeter.stages.segmentation.assembly import deposit_map
from lesionmeter.stages.segmentation.candidates import at_click, automatic, smoothed
from lesionmeter.stages.segmentation.field import SearchField, prepare
from lesionmeter.stages.segmentation.outlines import Outline
from lesionmeter.stages.segmentation.scoring import confidence, middle_of, placed, strength, worth
from lesionmeter.stages.segmentation.selection import Scored, apart, joined
from lesionmeter.stages.segmentation.settings import SegmentationSettings

_DEFAULTS = SegmentationSettings()


def segment(
    views: tuple[HandView, ...], hints: tuple[Hint, ...] = (), settings: SegmentationSettings = _DEFAULTS
) -> DepositMap:
    """Find and outline the calcific deposits on one film.

    Parameters
    ----------
    views
        All hands of one film, at least one.
    hints
        A reader's clicks on this film (others are passed over): each yields the deposit under it, whatever its
        confidence.
    settings
        The choices of the search.

    Returns
    -------
    DepositMap
        Labels from 1 on the film's own grid, left hand first, each deposit with the hand whose bones are nearest. Each
        hand's doubtful candidates (see `SegmentationSettings.doubtful`) come after its sure ones.

    Raises
    ------
    UsageError
        If there is no hand, or the hands are of several films.
    """
    films = {view.film.radiograph.film for view in views}
    if len(films) != 1:
        raise UsageError(f"segment: expected the hands of one film, came hands of {sorted(films) or 'none'}")
    field = prepare(views)
    smooth = smoothed(field)
    mine = tuple(hint for hint in hints if hint.film in films)
    clicked = [_clicked(field, smooth, hint, mine) for hint in mine]
    found = _scored(automatic(field, smooth, len(views)), views, field)
    kept = apart([c for c in clicked if c is not None] + found, field.values.shape)
    return deposit_map(_accepted(kept, field.pitch, settings), views, field, settings.threshold)


def _scored(outlines: list[Outline], views: tuple[HandView, ...], field: SearchField) -> list[Scored]:
    hands = tuple(view.hand.landmarks for view in views)
    scored = []
    for outline in outlines:
        if outline.inside.any():
            middle = middle_of(outline.inside, outline.corner)
            if _in_tissue(field, middle):
                scored.append(Scored(outline, confidence(placed(strength(outline), middle, hands))))
    return scored


def _in_tissue(field: SearchField, middle: Points) -> bool:
    row, column = np.clip(np.rint(middle).astype(int), 0, np.array(field.tissue.shape) - 1)
    return bool(field.tissue[row, column])


def _clicked(field: SearchField, smooth: NDArray[np.float32], hint: Hint, hints: tuple[Hint, ...]) -> Scored | None:
    """The best outline that holds this click and no other; a click off the film gives none."""
    row, column = np.rint(hint.point).astype(int)
    if not (0 <= row < smooth.shape[0] and 0 <= column < smooth.shape[1]):
        return None
    outlines = [o for o in at_click(field, smooth, np.asarray(hint.point, dtype=np.float64)) if o.inside.any()]
    holding = [o for o in outlines if _holds(o, hint)]
    alone = [o for o in holding if not any(_holds(o, other) for other in hints if other is not hint)]
    best = max(alone or holding or outlines, key=worth, default=None)
    return None if best is None else Scored(best, confidence(strength(best)), hint.deposit, clicked=True)


def _holds(outline: Outline, hint: Hint) -> bool:
    row, column = np.rint(hint.point).astype(int) - np.array(outline.corner)
    rows, columns = outline.inside.shape
    return bool(0 <= row < rows and 0 <= column < columns and outline.inside[row, column])


def _accepted(kept: list[Scored], pitch: float, settings: SegmentationSettings) -> list[list[Scored]]:
    """Groups that are large enough: the sure and the clicked, then the doubtful, which never join a sure one."""
    sure = [c for c in kept if c.clicked or c.confidence >= settings.threshold]
    doubtful = [c for c in kept if not c.clicked and settings.doubtful <= c.confidence < settings.threshold]
    groups = [g for part in (sure, doubtful) for g in joined(part, pitch, settings.join_mm, settings.speck_mm2)]
    return [
        group
        for group in groups
        if any(c.clicked for c in group) or sum(c.outline.area_mm2 for c in group) >= settings.smallest_mm2
    ]

"""Find, outline and choose: the order of the acts of segmentation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lesionmeter.errors import UsageError
from lesionmeter.model.deposit import DepositMap, Origin
from lesionmeter.model.geometry import Points
from lesionmeter.model.patient import HandView, Hint
from lesionmeter.model.site import Landmarks
from lesionmeter.stages.segmentation.assembly import deposit_map
from lesionmeter.stages.segmentation.candidates import at_click, seeded_outlines, smoothed
from lesionmeter.stages.segmentation.field import SearchField, prepare
from lesionmeter.stages.segmentation.lumps import MOSTLY, lumps_seen, with_lumps
from lesionmeter.stages.segmentation.maps import Maps
from lesionmeter.stages.segmentation.network import deposit_network
from lesionmeter.stages.segmentation.outlines import Outline
from lesionmeter.stages.segmentation.parts import with_parts_doubted
from lesionmeter.stages.segmentation.scoring import middle_of
from lesionmeter.stages.segmentation.selection import Scored, apart, joined, judged, likeliest, under_click
from lesionmeter.stages.segmentation.settings import SegmentationSettings
from lesionmeter.stages.segmentation.sighted import finds, sighted_outlines, unclear_places

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
    hands = tuple(view.hand.landmarks for view in views)
    smooth = smoothed(field)
    maps = deposit_network()(field)
    sighted = finds(maps, field.pitch)
    seen = sighted_outlines(field, smooth, maps, sighted)
    mine = tuple(hint for hint in hints if hint.film in films)
    lumps = lumps_seen(field, hands)
    clicked = [_clicked(_under(hint, field, smooth, maps, seen), maps, lumps.maps, hint, mine) for hint in mine]
    found = _scored(seen + seeded_outlines(field, smooth, maps, len(views)), maps, hands, field)
    kept = apart([c for c in clicked if c is not None] + found, field.values.shape)
    kept = with_lumps(kept, lumps, field, smooth, hands, settings)
    groups = with_parts_doubted(_accepted(kept, field.pitch, settings), maps, lumps.maps)
    drawn = deposit_map(groups, views, field, settings.threshold)
    left = field.tissue & (drawn.labels == 0)
    least_px = settings.smallest_mm2 / field.pitch**2
    unclear = (
        unclear_places(maps, sighted, left, least_px),
        unclear_places(lumps.maps, lumps.finds, left, least_px, MOSTLY),
    )
    sure = drawn.only(d.label for d in drawn.deposits if d.origin is Origin.HINT or d.confidence >= settings.threshold)
    large = unclear_places(lumps.maps, lumps.off_carpus, field.tissue & (sure.labels == 0), least_px, MOSTLY)
    return replace(drawn, unclear=np.concatenate(unclear), lumps=large)


def _scored(outlines: list[Outline], maps: Maps, hands: tuple[Landmarks, ...], field: SearchField) -> list[Scored]:
    return [
        judged(outline, maps, hands)
        for outline in outlines
        if outline.inside.any() and _in_tissue(field, middle_of(outline.inside, outline.corner))
    ]


def _in_tissue(field: SearchField, middle: Points) -> bool:
    row, column = np.clip(np.rint(middle).astype(int), 0, np.array(field.tissue.shape) - 1)
    return bool(field.tissue[row, column])


def _under(
    hint: Hint, field: SearchField, smooth: NDArray[np.float32], maps: Maps, seen: list[Outline]
) -> list[Outline]:
    """Outlines of what may have been meant by a click; none if it lies off the film."""
    row, column = np.rint(hint.point).astype(int)
    if not (0 <= row < smooth.shape[0] and 0 <= column < smooth.shape[1]):
        return []
    return at_click(field, smooth, maps, seen, np.asarray(hint.point, dtype=np.float64))


def _clicked(under: list[Outline], maps: Maps, twin: Maps, hint: Hint, hints: tuple[Hint, ...]) -> Scored | None:
    """The best outline that holds this click and no other, if there is one; else the best that there is."""
    holding = [o for o in under if o.holds(hint.point)]
    alone = [o for o in holding if not any(o.holds(other.point) for other in hints if other is not hint)]
    return likeliest(under_click(alone or holding or under, maps, twin, name=hint.deposit))


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

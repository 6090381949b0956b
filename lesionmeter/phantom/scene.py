"""One simulated film before its exposure: hands laid on it, paths through bone, flesh and deposits, and the labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from lesionmeter.phantom.deposits import Calcification, TuftChange
from lesionmeter.phantom.placement import lay
from lesionmeter.phantom.relief import detailed_bones
from lesionmeter.phantom.render import SKIN_MM, Place, local_grid, place_hand, raise_skin, soft_tissue
from lesionmeter.phantom.skeleton import PARTS, Frame, Pose, Skeleton, frames, landmarks
from lesionmeter.phantom.texture import smooth_noise

Grid = NDArray[np.float32]
Labels = NDArray[np.uint16]
Points = NDArray[np.float64]
Random = np.random.Generator

MARGIN_MM = (12.0, 42.0, 16.0)
"""Room beyond the fingertips, below the wrist, and at the sides."""


@dataclass(frozen=True, eq=False)
class Subject:
    """One hand of a simulated patient.

    Parameters
    ----------
    side
        `left` or `right`.
    skeleton
        Its bones.
    texture
        Seed of their texture.
    deposits, tufts
        What is wrong with it.
    """

    side: str
    skeleton: Skeleton
    texture: int
    deposits: tuple[Calcification, ...] = ()
    tufts: tuple[TuftChange, ...] = ()


@dataclass(frozen=True, eq=False)
class PosedHand:
    """A hand as it lies on one film.

    Parameters
    ----------
    subject
        Whose hand.
    placed
        Where each bone's frame lies in the hand's frame.
    place
        Where the hand's frame lies on the film.
    """

    subject: Subject
    placed: Mapping[str, Frame]
    place: Place

    @property
    def landmarks(self) -> Points:
        """(21, 2) landmarks as row, column."""
        return self.place.project(landmarks(self.subject.skeleton, self.placed))

    @property
    def bone_points(self) -> dict[str, Points]:
        """Places along each bone as (n, 2) row, column: the same places of the same bones on every film."""
        shares = np.array([[0.1, 0.2], [0.3, -0.2], [0.5, 0.15], [0.7, -0.15], [0.9, 0.2]]) * [1.0, 10.0]
        points = {}
        for ray in range(1, 6):
            for part in PARTS[min(ray, 2)]:
                segment = self.subject.skeleton.segment(f"{ray} {part}")
                local = np.column_stack([shares * [segment.length, 1.0], np.ones(len(shares))])
                points[segment.name] = self.place.project((local @ self.placed[segment.name].T)[:, :2])
        return points


@dataclass(frozen=True, eq=False)
class Scene:
    """A film before its exposure: paths in mm, and labels of the deposits (their number over both hands, from 1)."""

    hands: tuple[PosedHand, ...]
    bone: Grid
    soft: Grid
    labels: Labels
    pitch: float


def random_turns(rng: Random, skeleton: Skeleton, degrees: float) -> Pose:
    """How a hand is laid down anew: joints turned and slightly bent out of the plane; the palm stays one piece."""
    turns, stretch = {}, {}
    for segment in skeleton.segments:
        if segment.name.endswith("phalanx") or segment.name in ("1 metacarpal", "radius"):
            turns[segment.name] = float(np.clip(rng.normal(0, degrees), -3 * degrees, 3 * degrees))
            stretch[segment.name] = float(1.0 - min(abs(rng.normal(0, 0.012)), 0.04))
    turns["ulna"] = turns["radius"]
    return Pose(turns, stretch)


def compose(rng: Random, subjects: tuple[Subject, ...], index: int, pitch: float, degrees: float) -> Scene:
    """Lay hands on film number `index`: left to right in their order, fingers up, as in a posteroanterior view."""
    hands = _lay_hands(rng, subjects, pitch, degrees)
    bone = np.zeros(hands[0].place.shape, dtype=np.float32)
    soft, labels = np.zeros_like(bone), np.zeros(bone.shape, dtype=np.uint16)
    label = 0
    for hand in hands:
        _add_bones(bone, hand)
        soft += _flesh(rng, hand)
        for deposit in hand.subject.deposits:
            label += 1
            drawn = lay(deposit, deposit.areas_mm2[index], hand.subject.skeleton, hand.placed, hand.place)
            if drawn is not None:
                window, path, inside = drawn
                bone[window] += path
                labels[window][inside] = label
                raise_skin(soft[window], inside, pitch, *SKIN_MM)
    return Scene(hands, bone, soft, labels, pitch)


def _lay_hands(rng: Random, subjects: tuple[Subject, ...], pitch: float, degrees: float) -> tuple[PosedHand, ...]:
    posed = []
    for subject in subjects:
        placed = frames(subject.skeleton, random_turns(rng, subject.skeleton, degrees))
        marks = landmarks(subject.skeleton, placed)
        angle = float(np.clip(rng.normal(0, degrees), -8, 8))
        loose = place_hand(marks, (1, 1), pitch, angle, subject.side == "right", (0.0, 0.0))
        posed.append((subject, placed, loose, loose.project(marks)))
    above, below, aside = np.array(MARGIN_MM) / pitch
    rows = int(max(np.ptp(p[:, 0]) for *_, p in posed) + above + below)
    widths = [int(np.ptp(p[:, 1]) + 2 * aside) for *_, p in posed]
    hands = []
    for k, (subject, placed, loose, laid) in enumerate(posed):
        corner = laid.min(axis=0) - [above + rng.uniform(0, 3) / pitch, aside + rng.uniform(-3, 3) / pitch]
        matrix = loose.matrix.copy()
        matrix[:2, 2] -= corner - [0.0, sum(widths[:k])]
        hands.append(PosedHand(subject, placed, Place((rows, sum(widths)), matrix)))
    return tuple(hands)


def _add_bones(bone: Grid, hand: PosedHand) -> None:
    skeleton = hand.subject.skeleton
    tufts = {f"{tuft.ray} distal phalanx": tuft for tuft in hand.subject.tufts}
    for name, (at, path) in detailed_bones(skeleton, hand.placed, hand.place, hand.subject.texture).items():
        if name in tufts:
            x, y = local_grid(hand.place.matrix @ hand.placed[name], at)
            bone[at] += tufts[name].apply(path, x, y, skeleton.segment(name).length)
        else:
            bone[at] += path


def _flesh(rng: Random, hand: PosedHand) -> Grid:
    # The hand's soft parts keep their shape from film to film; only their unevenness is drawn anew.
    own = np.random.default_rng([hand.subject.texture, 7])
    soft = soft_tissue(own, hand.subject.skeleton, hand.placed, hand.place)
    soft = ndimage.gaussian_filter(soft, 0.5 / hand.place.pitch, truncate=2.5)
    uneven = 0.04 * smooth_noise(rng, hand.place.shape, 60) + 0.015 * smooth_noise(rng, hand.place.shape, 14)
    return np.asarray(soft * (1.0 + uneven), dtype=np.float32)

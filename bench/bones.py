"""The bone map against simulated hands, whose bones are known, and over the dates of a hand, whose bones do not change.

    python bench/bones.py                   Dice and mid-shaft error of each kind of bone, over simulated films
    python bench/bones.py PATIENT_DIR ...   scatter of the mid-shaft areas over the dates of patients' films

Children's bones grow between dates that lie years apart: only repeats and adults are to be read as error.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from lesionmeter import hand_views, read_patient, register_hands
from lesionmeter.model.bones import TUBULAR, BoneMap
from lesionmeter.model.geometry import Spacing, SpacingSource
from lesionmeter.model.patient import Hand, HandView
from lesionmeter.model.radiograph import CalibratedRadiograph, Laterality, Polarity, Radiograph
from lesionmeter.model.site import Landmarks
from lesionmeter.phantom.courses import random_spec
from lesionmeter.phantom.relief import detailed_bones
from lesionmeter.phantom.scene import PosedHand
from lesionmeter.phantom.study import PhantomFilm, simulate
from lesionmeter.stages.anatomy import bone_map, mid_shafts
from lesionmeter.stages.anatomy.bones import SHAFT

PATIENTS = 4
LANDMARK_ERROR = 0.007
"""Spread of the landmarks given, in hand lengths: that of automatic ones."""


def main(folders: list[str]) -> None:
    if folders:
        for folder in folders:
            repeatability(Path(folder))
    else:
        accuracy()


def accuracy() -> None:
    rows, seconds, shares = defaultdict(list), [], []
    rng = np.random.default_rng(1)
    for seed in range(PATIENTS):
        for film in simulate(random_spec(f"P{seed}", seed), seed).films:
            for hand in film.hands:
                view = view_of(film, hand, rng)
                begin = time.process_time()
                found = bone_map(view, film.labels > 0)
                seconds.append(time.process_time() - begin)
                truth = true_bones(hand)
                compare(view, found, truth, rows)
                shares += over_bone(film, hand, found, truth)
    print(f"{'bone':<20}{'n':>5}{'Dice median':>13}{'Dice p10':>10}{'mid-shaft %':>13}{'|%| median':>12}{'|%| p90':>9}")
    for kind, values in rows.items():
        dice, off = np.array(values).T
        print(
            f"{kind:<20}{len(dice):>5}{np.median(dice):>13.3f}{np.percentile(dice, 10):>10.3f}{np.median(off):>13.1f}"
            f"{np.median(np.abs(off)):>12.1f}{np.percentile(np.abs(off), 90):>9.1f}"
        )
    off = np.abs(np.diff(shares, axis=1))
    print(f"share of {len(shares)} deposits over bone: |error| median {np.median(off):.3f}, ", end="")
    print(f"p90 {np.percentile(off, 90):.3f}; over a fifth or not told right: {right_side(np.array(shares)):.3f}")
    print(f"seconds a hand (processor time): median {np.median(seconds):.2f}, most {max(seconds):.2f}")


def view_of(film: PhantomFilm, hand: PosedHand, rng: np.random.Generator) -> HandView:
    """The hand on its film with landmarks as far off as automatic ones."""
    points = hand.landmarks
    length = float(np.linalg.norm(points[12] - points[0]))
    points = points + rng.normal(0, LANDMARK_ERROR * length / np.sqrt(2), points.shape)
    side = Laterality.LEFT if hand.subject.side == "left" else Laterality.RIGHT
    spacing = Spacing(film.spec.spacing_mm, film.spec.spacing_mm, SpacingSource.FILMS_CSV, 0.01)
    radiograph = CalibratedRadiograph(Radiograph("film", film.pixels, film.spec.bits), spacing)
    polarity = Polarity.INVERTED if film.spec.negative else Polarity.NORMAL
    return HandView(radiograph, Hand("film", side, Landmarks(points, np.ones(21))), polarity)


def true_bones(hand: PosedHand) -> dict[str, NDArray[np.bool_]]:
    """Where each bone of a simulated hand lies; clefts of growth plates belong to their bone."""
    subject, out = hand.subject, {}
    for name, (at, path) in detailed_bones(subject.skeleton, hand.placed, hand.place, subject.texture).items():
        whole = np.zeros(hand.place.shape, dtype=bool)
        whole[at] = ndimage.binary_closing(np.pad(path > 0, 12), iterations=10)[12:-12, 12:-12]
        out[name] = whole
    return out


def compare(
    view: HandView, found: BoneMap, truth: dict[str, NDArray[np.bool_]], rows: dict[str, list[tuple[float, float]]]
) -> None:
    shafts = {shaft.bone: shaft for shaft in mid_shafts(view, found)}
    hidden = np.sum([truth[name] for name in truth], axis=0) > 1
    for number, name in found.names.items():
        mine, true = (found.labels == number) & ~hidden, truth[name] & ~hidden
        dice = 2 * np.count_nonzero(mine & true) / max(np.count_nonzero(mine) + np.count_nonzero(true), 1)
        off = np.nan
        if name in TUBULAR:
            bone = found.bone(name)
            way = (bone.end - bone.start) / bone.length**2
            along = (np.argwhere(truth[name]) - bone.start) @ way
            area = np.count_nonzero((along > SHAFT[0]) & (along < SHAFT[1])) * view.film.spacing.pixel_area_mm2
            off = 100 * (shafts[name].area / area - 1)
        rows[name if name not in TUBULAR else kind_of(name)].append((dice, off))


def over_bone(
    film: PhantomFilm, hand: PosedHand, found: BoneMap, truth: dict[str, NDArray[np.bool_]]
) -> list[tuple[float, float]]:
    """True and found share over bone of each deposit on this hand."""
    bone = np.any(list(truth.values()), axis=0)
    near = ndimage.binary_dilation(bone, iterations=round(15 / film.spec.spacing_mm / 4), structure=np.ones((9, 9)))
    regions = [film.labels == label for label in np.unique(film.labels[near]) if label]
    return [(float(bone[region].mean()), found.share_over_bone(region)) for region in regions]


def right_side(shares: NDArray[np.float64]) -> float:
    """How often deposits with more than a fifth over bone are told from others."""
    return float(((shares > 0.2)[:, 0] == (shares > 0.2)[:, 1]).mean())


def kind_of(name: str) -> str:
    return f"thumb {name[2:]}" if name[0] == "1" else f"finger {name[2:]}"


def repeatability(folder: Path) -> None:
    registered = register_hands(read_patient(folder))
    views = hand_views(registered)
    for side in dict.fromkeys(view.hand.laterality for view in views):
        mine = [view for view in views if view.hand.laterality is side]
        maps = [bone_map(view) for view in mine]
        ways = {pair.film_to: pair for pair in registered.registrations if pair.laterality == side and pair.accepted}
        own, carried = defaultdict(list), defaultdict(list)
        for view, bones in zip(mine, maps, strict=True):
            for shaft in mid_shafts(view, bones):
                own[shaft.bone].append(shaft.area)
            way = ways.get(view.hand.film)
            if way is None and view is not mine[0]:
                continue
            ends = {b.name: np.stack([b.start, b.end]) for b in maps[0].bones if b.name in TUBULAR}
            there = {name: ends[name] if way is None else way.carry(ends[name]) for name in ends}
            for shaft in mid_shafts(view, bones, {name: (p[0], p[1]) for name, p in there.items()}):
                carried[shaft.bone].append(shaft.area)
        print(f"{folder.name} hand {side}, {len(mine)} films: CV % of mid-shaft areas over the dates")
        for label, areas in (("own ends", own), ("ends carried from the baseline", carried)):
            spread = {name: 100 * np.std(a, ddof=1) / np.mean(a) for name, a in areas.items() if len(a) > 1}
            values = list(spread.values())
            worst = max(spread, key=spread.__getitem__)
            print(f"  {label:<32} median {np.median(values):.2f}  p90 {np.percentile(values, 90):.2f}  ", end="")
            print(f"most {spread[worst]:.1f} ({worst})")


if __name__ == "__main__":
    main(sys.argv[1:])

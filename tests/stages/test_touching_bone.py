"""A deposit that touches bone as bright as itself: what the network sees says where it ends."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage as ndi

from lesionmeter.stages.segmentation.field import Chances
from lesionmeter.stages.segmentation.outlines import Outline, from_rays, from_region
from lesionmeter.stages.segmentation.rays import RayPlan, polygons, trace
from lesionmeter.stages.segmentation.regions import grow
from lesionmeter.stages.segmentation.scoring import likeness, worth
from lesionmeter.stages.segmentation.selection import Scored

PITCH = 0.1
MIDDLE = np.array([80.0, 80.0])
RADIUS_MM = 1.5
AREA_MM2 = math.pi * RADIUS_MM**2


def film() -> NDArray[np.float32]:
    """A disc, and a bar of bone as bright that leads away from it."""
    rows, columns = np.indices((160, 240))
    disc = np.hypot(rows - MIDDLE[0], columns - MIDDLE[1]) * PITCH <= RADIUS_MM
    bar = (np.abs(rows - MIDDLE[0]) < 6) & (columns >= MIDDLE[1]) & (columns < 180)
    return ndi.gaussian_filter(np.where(disc | bar, np.float32(0.5), np.float32(0.2)), 1.5)


def within(radius_mm: float) -> Chances:
    """What a network says that sees a disc of that radius and no more."""
    return lambda points: np.clip(3 - 2.5 * np.linalg.norm(points - MIDDLE, axis=1) * PITCH / radius_mm, 0, 1)


def test_a_region_alone_takes_in_the_bone() -> None:
    assert grow(film(), PITCH, MIDDLE, 1.2, 12.0).inside.sum() * PITCH**2 > 1.25 * AREA_MM2


def test_a_region_ends_where_the_network_sees_no_more() -> None:
    outline = from_region(film(), PITCH, grow(film(), PITCH, MIDDLE, 1.2, 12.0, within(RADIUS_MM)))
    assert outline is not None
    assert outline.area_mm2 == pytest.approx(AREA_MM2, rel=0.12)


@pytest.mark.parametrize("radius", [0.8, 1.5])
def test_of_two_steps_rays_take_the_one_that_the_network_sees(radius: float) -> None:
    away = np.hypot(*(np.indices((160, 160)) - MIDDLE[:, None, None])) * PITCH
    steps = ndi.gaussian_filter(0.2 + 0.15 * (away <= 0.8) + 0.15 * (away <= 1.5), 1.5).astype(np.float32)
    radii = trace(steps, PITCH, MIDDLE[None], RayPlan(), within(radius)).radii_mm
    assert radii == pytest.approx(np.full(radii.shape, radius), abs=0.1)


def outline_of(falls: list[float], *, is_round: bool, area: float = 7.0) -> Outline:
    closed = polygons(trace(film(), PITCH, MIDDLE[None], RayPlan()), PITCH, RayPlan())[0]
    drawn = from_rays(film(), PITCH, closed, 0.3)
    return Outline(
        drawn.polygons, drawn.inside, drawn.corner, area, 9.5, 0.3, np.array(falls, dtype=np.float64), is_round
    )


def test_a_quarter_of_the_border_of_what_is_known_to_be_a_deposit_may_lie_against_bone() -> None:
    assert likeness(outline_of([0.0] + 7 * [0.4], is_round=False)) == pytest.approx(0.4)


def test_else_a_border_is_worth_its_weaker_half_and_nothing_where_it_rises() -> None:
    assert worth(outline_of([-0.2, 0.1, 0.2, 0.3] + 4 * [0.9], is_round=False, area=1.0)) == pytest.approx(0.15)


def test_of_two_equal_borders_that_on_rays_is_taken() -> None:
    falls = 8 * [0.4]
    assert likeness(outline_of(falls, is_round=True)) > likeness(outline_of(falls, is_round=False))


@pytest.mark.parametrize(("clicked", "power"), [(False, 3), (True, 2)])
def test_the_networks_word_counts_thrice_and_under_a_click_twice(clicked: bool, power: int) -> None:
    outline = outline_of(8 * [0.4], is_round=False, area=1.0)
    assert Scored(outline, 1.0, 0.5, clicked=clicked).worth == pytest.approx(0.4 * 0.5**power)


def test_under_a_click_where_the_network_sees_nothing_the_surer_border_wins_over_a_larger_one() -> None:
    """Of 12 mm2 and not too sure, as a bone's end is, and a sure one of 1 mm2."""
    bone, rest = (
        Scored(outline_of(8 * [0.4], is_round=False, area=area), sure, agreement=0.0, clicked=True)
        for area, sure in ((12.0, 0.45), (1.0, 0.9))
    )
    assert rest.worth / bone.worth == pytest.approx(0.9**2 / (0.45**2 * 12**0.3))
    assert rest.worth > bone.worth


def test_of_two_outlines_as_sharp_the_larger_is_worth_more_by_the_third_tenth_of_its_power() -> None:
    whole, part = (Scored(outline_of(8 * [0.4], is_round=False, area=a), 1.0) for a in (16.0, 2.0))
    assert whole.worth / part.worth == pytest.approx(8**0.3)


def test_what_the_network_does_not_see_is_told_by_its_border() -> None:
    whole, speck = (
        Scored(outline_of(8 * [fall], is_round=True, area=area), 0.5, agreement=seen)
        for fall, area, seen in ((0.4, 48.0, 0.23), (0.1, 2.9, 0.45))
    )
    assert whole.worth > speck.worth


def test_a_deposit_against_a_growth_plate_wins_over_what_runs_along_the_plate() -> None:
    # A development film: 3 mm2 of which an eighth of the border is hidden, and 6.4 mm2 with the plate taken in.
    deposit = Scored(outline_of([0.0] + 7 * [0.3], is_round=True, area=3.0), 0.7, agreement=0.83)
    leaked = Scored(outline_of(8 * [0.2], is_round=False, area=6.4), 0.7, agreement=0.79)
    assert deposit.worth > leaked.worth


def test_a_small_sharp_deposit_wins_over_a_faint_cloud_round_it() -> None:
    deposit = Scored(outline_of(8 * [0.21], is_round=True, area=2.2), 1.0, agreement=0.76)
    cloud = Scored(outline_of(8 * [0.08], is_round=False, area=15.3), 0.1, agreement=0.86)
    assert deposit.worth > cloud.worth

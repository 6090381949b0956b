"""Joints and tips set on the film: one drawn finger, whose gaps and tuft lie where they were drawn."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from lesionmeter.stages.anatomy.joints import settle_on_film
from lesionmeter.stages.anatomy.network import landmark_network
from lesionmeter.stages.anatomy.proportions import kept_in_proportion

MIDDLE, LENGTH = 300, 1000  # the finger's column, and the hand's length: 1 pixel is 0.1 % of it
TIP, DIP, PIP, MCP, WRIST = 100, 200, 330, 520, 1100  # rows; fingers up
SOFT, BONE = 0.35, 0.65


def finger(gap: int = 6, plate: bool = False, deposit: bool = False) -> NDArray[np.float32]:
    """A finger on black, straight up, whose bones end in bright lines at the drawn joints."""
    film = np.zeros((1200, 600), np.float32)
    film[TIP - 30 :, MIDDLE - 45 : MIDDLE + 46] = SOFT
    film[TIP:, MIDDLE - 20 : MIDDLE + 21] = BONE
    for row in (DIP, PIP, MCP):
        film[row - gap : row, MIDDLE - 20 : MIDDLE + 21] = SOFT
        film[row - gap - 4 : row - gap, MIDDLE - 20 : MIDDLE + 21] = BONE + 0.1
        if plate:  # the growth plate, 15 pixels beyond the joint
            film[row - gap - 19 : row - gap - 15, MIDDLE - 20 : MIDDLE + 21] = SOFT + 0.1
    if deposit:
        film[TIP - 18 : TIP - 6, MIDDLE - 8 : MIDDLE + 9] = 0.9
    return film


def landmarks(**moved: int) -> NDArray[np.float64]:
    """The drawn middle finger's points, some moved by pixels towards the tip; all others lie on black."""
    points = np.full((21, 2), (1150.0, 500.0))
    points[[0, 9, 10, 11, 12]] = [(row, MIDDLE) for row in (WRIST, MCP, PIP, DIP, TIP)]
    for name, pixels in moved.items():
        points[{"mcp": 9, "pip": 10, "dip": 11, "tip": 12}[name], 0] -= pixels
    return points


@pytest.mark.parametrize(("name", "number", "row"), [("pip", 10, PIP), ("dip", 11, DIP)])
@pytest.mark.parametrize("off", [-12, 12])
def test_a_joint_goes_to_the_head_before_its_gap(name: str, number: int, row: int, off: int) -> None:
    settled = settle_on_film(finger(), landmarks(**{name: off}))
    assert settled[number] == pytest.approx((row, MIDDLE), abs=1.5)


def test_a_knuckle_goes_to_the_base_after_its_gap() -> None:
    settled = settle_on_film(finger(), landmarks(mcp=14))
    assert settled[9] == pytest.approx((MCP - 6, MIDDLE), abs=2.5)


def test_a_growth_plate_is_not_taken_for_the_joint() -> None:
    on_the_plate = landmarks(pip=21)
    assert settle_on_film(finger(plate=True), on_the_plate)[10] == pytest.approx((PIP, MIDDLE), abs=1.5)


def test_a_tip_in_soft_tissue_goes_back_to_the_tuft() -> None:
    assert settle_on_film(finger(), landmarks(tip=22))[12] == pytest.approx((TIP, MIDDLE), abs=1.5)


def test_a_deposit_beyond_the_tuft_leaves_the_tip_where_it_was() -> None:
    points = landmarks(tip=5)
    assert settle_on_film(finger(deposit=True), points)[12] == pytest.approx(points[12])


def test_points_without_a_clear_gap_stay() -> None:
    points = landmarks(mcp=9, pip=9, dip=9)
    settled = settle_on_film(finger(gap=0), points)
    assert settled[[0, 1, 2, 9, 10, 11]] == pytest.approx(points[[0, 1, 2, 9, 10, 11]], abs=0.01)


def test_a_move_that_puts_a_bone_out_of_proportion_is_taken_back() -> None:
    template = landmark_network().template
    moved = template.copy()
    moved[15] += 0.6 * (moved[14] - moved[15])  # ring's DIP joint far towards its PIP joint
    moved[8] += 0.05 * (moved[7] - moved[8])
    kept = kept_in_proportion(moved, template, template)
    assert kept[15] == pytest.approx(template[15])
    assert kept[8] == pytest.approx(moved[8])


def test_plain_bone_before_a_fused_joints_bright_line_is_no_gap() -> None:
    film = finger(gap=0)
    film[DIP - 4 : DIP, MIDDLE - 20 : MIDDLE + 21] = BONE + 0.3
    film[DIP + 12 : DIP + 16, MIDDLE - 20 : MIDDLE + 21] = BONE - 0.02
    assert settle_on_film(film, landmarks(dip=0))[11] == pytest.approx((DIP, MIDDLE))


def test_a_gap_further_off_than_the_end_of_the_bone_after_it_is_found() -> None:
    assert settle_on_film(finger(), landmarks(pip=42))[10] == pytest.approx((PIP, MIDDLE), abs=1.5)


def test_a_joint_clearly_seen_is_believed_although_the_tip_beyond_it_is_worn() -> None:
    template = landmark_network().template
    before = template.copy()
    before[12] = template[11] + 0.6 * (template[12] - template[11])  # a worn tip ...
    before[11] += 0.2 * (template[10] - template[11])  # ... and a joint set too far back, so that the bone looks long
    moved = before.copy()
    moved[11] = template[11]
    assert kept_in_proportion(moved, before, template)[11] == pytest.approx(template[11])

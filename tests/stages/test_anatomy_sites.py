"""Finding sites: a hand told by its landmarks, places told by where they lie along a bone and beside it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from lesionmeter.model.site import Landmarks
from lesionmeter.stages.anatomy import SITES, is_like_sesamoid, looks_sesamoid, site_numbers

# A left hand, fingers up, thumb on the right, 200 pixels from wrist to middle tip: straight fingers, 20 pixels apart.
LEFT = np.array(
    [[200, 0], [180, 25], [150, 50], [125, 65], [105, 75]]
    + [[row, column] for column in (20, 0, -20, -40) for row in (100, 55, 25, 0)],
    dtype=np.float64,
)


def site(row: float, column: float, landmarks: NDArray[np.float64] = LEFT) -> str:
    """The site of one place, in words; empty off the hand."""
    number = int(site_numbers(np.array([[row, column]], dtype=np.float64), landmarks)[0])
    return str(SITES[number]) if number >= 0 else ""


@pytest.mark.parametrize(
    ("row", "column", "expected"),
    [
        (78, 26, "2 proximal phalanx radial"),
        (78, 14, "2 proximal phalanx ulnar"),
        (52, -6, "3 PIP ulnar"),
        (60, 6, "3 PIP radial"),
        (40, -14, "4 middle phalanx radial"),
        (24, -46, "5 DIP ulnar"),
        (99, -26, "4 MCP ulnar"),
        (-3, 1, "3 tip midline"),
        (78, 0, "3 proximal phalanx midline"),
        (130, 0, "palm midline"),
        (190, 0, "wrist midline"),
    ],
)
def test_a_place_is_named_by_its_bone_and_its_side(row: float, column: float, expected: str) -> None:
    assert site(row, column) == expected


def test_the_radial_side_of_the_thumb_is_its_outer_side() -> None:
    middle = (LEFT[2] + LEFT[3]) / 2
    outer = np.array([6.0, 6.0]) / np.sqrt(2)
    assert site(*(middle + outer)) == "1 proximal phalanx radial"
    assert site(*(middle - outer)) == "1 proximal phalanx ulnar"


@pytest.mark.parametrize("degrees", [0, 77, 180])
@pytest.mark.parametrize("mirror", [1, -1], ids=["left", "right"])
def test_turning_or_mirroring_the_film_changes_no_site(degrees: float, mirror: int) -> None:
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) @ np.diag([1, mirror])
    places = np.random.default_rng(3).uniform((-20, -60), (240, 90), (300, 2))
    np.testing.assert_array_equal(site_numbers(places @ turn.T, LEFT @ turn.T), site_numbers(places, LEFT))


def test_a_place_off_the_hand_has_no_site() -> None:
    assert site(20, 90) == ""


def test_every_ray_has_all_its_sites() -> None:
    named = {str(place.ray): {s.name[2:] for s in SITES if s.ray == place.ray} for place in SITES if place.ray}
    assert named["1"] == {"CMC", "metacarpal", "MCP", "proximal phalanx", "IP", "distal phalanx", "tip"}
    assert named["4"] == {"MCP", "proximal phalanx", "PIP", "middle phalanx", "DIP", "distal phalanx", "tip"}


@pytest.mark.parametrize("mirror", [1, -1], ids=["left", "right"])
@pytest.mark.parametrize(
    ("along", "ulnar", "across", "may_be"),
    [(-5, 8, 5, True), (-5, 13.5, 5, True), (1.5, 8, 5, False), (-5, -8, 5, False), (-5, 8, 8, False)],
    ids=["there", "within 6 px", "beyond the joint", "on the radial side", "too large"],
)
def test_a_small_find_by_the_thumbs_mcp_joint_may_be_its_sesamoid(
    along: float, ulnar: float, across: float, may_be: bool, mirror: int
) -> None:
    """The hand is 200 pixels long: 5 proximal of the joint, 8 to the ulnar side; at most 7 across."""
    place, landmarks = beside_thumb(along, ulnar, mirror)
    assert looks_sesamoid(place, np.pi * across**2 / 4, landmarks) is may_be


@pytest.mark.parametrize("mirror", [1, -1], ids=["left", "right"])
@pytest.mark.parametrize(
    ("along", "ulnar", "across", "alike"),
    [(-6, 8.6, 4, True), (-6, 11.6, 4, True), (-6, 12, 4, False), (-6, 8.6, 2.5, False), (-6, 8.6, 6.4, False)],
    ids=["there", "within 3.2 px", "farther", "too small", "too large"],
)
def test_a_find_just_there_and_just_as_large_is_like_the_sesamoid(
    along: float, ulnar: float, across: float, alike: bool, mirror: int
) -> None:
    """The hand is 200 pixels long: 6 proximal of the joint, 8.6 to the ulnar side; 2.7 to 6.2 across."""
    place, landmarks = beside_thumb(along, ulnar, mirror)
    assert is_like_sesamoid(place, np.pi * across**2 / 4, landmarks) is alike


def beside_thumb(along: float, ulnar: float, mirror: int) -> tuple[tuple[float, float], Landmarks]:
    """A place so many pixels distal of the thumb's MCP joint and to the ulnar side of its metacarpal, and the hand."""
    turn = np.diag([1, mirror])
    forward, side = np.array([-30.0, 25.0]) / np.hypot(30, 25), np.array([-25.0, -30.0]) / np.hypot(30, 25)
    row, column = (LEFT[2] + along * forward + ulnar * side) @ turn
    return (float(row), float(column)), Landmarks(LEFT @ turn, np.ones(21))

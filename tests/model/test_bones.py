"""The bone map as a value: which bone lies under a place, and how much of a region lies over bone."""

from __future__ import annotations

import numpy as np
import pytest

from lesionmeter.model.bones import TUBULAR, Bone, BoneMap

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.0, 0.0]])
LABELS = np.array([[0, 1, 1], [0, 2, 2]], dtype=np.uint8)
BONES = tuple(Bone(name, CORNERS[0], 5 * CORNERS[2], CORNERS, 1.0) for name in ("carpus", "3 metacarpal"))
MAP = BoneMap("a.tif", "L", LABELS, BONES)


def test_there_are_19_bones_with_a_shaft_in_the_order_of_the_hand() -> None:
    assert len(TUBULAR) == 19
    assert TUBULAR[:4] == ("1 metacarpal", "1 proximal phalanx", "1 distal phalanx", "2 metacarpal")


def test_the_bone_under_a_place_is_named_and_none_beside_or_off_the_film() -> None:
    places = np.array([[0.2, 1.3], [1.0, 2.0], [0.0, 0.0], [-3.0, 1.0]])
    assert MAP.at(places) == ("carpus", "3 metacarpal", None, None)


def test_the_share_over_bone_counts_pixels_of_any_bone() -> None:
    assert MAP.share_over_bone(np.array([[True, True, False], [True, True, False]])) == 0.5


def test_nothing_lies_over_bone_in_an_empty_region() -> None:
    assert MAP.share_over_bone(np.zeros((2, 3), dtype=bool)) == 0.0


def test_a_bone_that_was_not_found_is_named_in_the_error() -> None:
    with pytest.raises(KeyError, match=r"a\.tif: expected one of .*, came 'radius'"):
        MAP.bone("radius")


def test_a_bone_is_as_long_as_its_axis() -> None:
    assert MAP.bone("carpus").length == pytest.approx(5 * 2**0.5)

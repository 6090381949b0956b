"""Whether a border stands on a film: the film is asked, whatever was found on it."""

from __future__ import annotations

import numpy as np
import pytest

from lesionmeter.stages.segmentation import median_falls
from tests.stages.deposit_worlds import PITCH, view

AT = (200, 110, 12.0)


def circle(row: float, column: float, area: float) -> np.ndarray:
    angles = np.linspace(0, 2 * np.pi, 90, endpoint=False)
    radius = np.sqrt(area / np.pi) / PITCH
    return np.array([row, column]) + radius * np.stack([np.sin(angles), np.cos(angles)], axis=1)


def falls(*circles: np.ndarray, shifted: bool = True) -> list[float]:
    return median_falls(view([AT]), [(one,) for one in circles], shifted=[shifted] * len(circles))


def test_a_border_stands_where_it_was_and_is_found_again_half_a_mm_off() -> None:
    """Half a mm is 2.5 pixels: shifts go in such steps, up to half of the radius of 2 mm."""
    there, beside = falls(circle(*AT), circle(200, 112.5, 12.0))
    assert beside == pytest.approx(there, rel=0.01)
    assert falls(circle(200, 112.5, 12.0), shifted=False)[0] < 0.9 * there


def test_no_border_stands_on_bare_flesh_or_round_a_smaller_deposit() -> None:
    there, bare, around = falls(circle(*AT), circle(120, 170, 12.0), circle(200, 110, 36.0))
    assert max(bare, around) < 0.1 * there


def test_a_straight_edge_is_no_border() -> None:
    """The skin's edge crosses a circle of 2 mm radius, and lies nowhere along more than half of it."""
    there, edge = falls(circle(*AT), circle(150, 27, 12.0))
    assert edge < 0.3 * there

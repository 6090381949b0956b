"""Borders on rays are moved outwards to the deposit's own edge: the farther, the more they are blurred."""

import math

import numpy as np
import pytest

from lesionmeter.stages.segmentation.outlines import from_rays

PITCH, RADIUS_MM, MIDDLE = 0.1, 3.0, 60.0


@pytest.mark.parametrize(
    ("width_mm", "moved_mm"),
    [(0.4, 0.04), (0.47, 0.04), (0.52, 0.06), (5.0, 0.076)],  # 0.04 mm, and 0.4 of what is wider than 0.47, up to 0.56
)
def test_a_border_on_rays_is_moved_by_its_width(width_mm: float, moved_mm: float) -> None:
    rows, columns = np.indices((121, 121))
    cone = (20 - PITCH * np.hypot(rows - MIDDLE, columns - MIDDLE)).astype(np.float32)  # falls by 1 a mm everywhere
    angles = np.arange(360) * 2 * math.pi / 360
    corners = MIDDLE + RADIUS_MM / PITCH * np.stack([np.sin(angles), np.cos(angles)], axis=1)
    outline = from_rays(cone, PITCH, corners, height=width_mm)
    assert math.sqrt(outline.area_mm2 / math.pi) == pytest.approx(RADIUS_MM + moved_mm, abs=2e-3)

"""A deposit outlined by one click, shrunk and grown, and forced by strokes."""

import numpy as np
import pytest

from lesionmeter.errors import UsageError
from lesionmeter.stages.review import outlined_area
from lesionmeter.stages.segmentation import at_level, click_field, outline_at_click
from tests.stages.deposit_worlds import PITCH, view

PLACE = (120.0, 95.0)


def area(drawing) -> float:
    return outlined_area(drawing.outlines) * PITCH**2


@pytest.mark.parametrize("size", [3.0, 12.0, 30.0])
@pytest.mark.parametrize("aside", [0.0, 3.0])
def test_one_click_inside_a_deposit_outlines_it(size: float, aside: float) -> None:
    ready = click_field((view([(*PLACE, size)]),))
    drawing = outline_at_click(ready, np.array([PLACE[0] + aside, PLACE[1]]))
    assert area(drawing) == pytest.approx(size, rel=0.12)


def test_specks_beside_it_belong_to_it_and_those_far_off_do_not() -> None:
    specks = [(160.0, 100.0, 1.5), (172.0, 100.0, 1.5), (205.0, 100.0, 1.5)]
    drawing = outline_at_click(click_field((view(specks),)), np.array([160.0, 100.0]))
    assert area(drawing) == pytest.approx(3.0, rel=0.2)


def test_a_higher_level_shrinks_and_a_lower_one_grows() -> None:
    ready = click_field((view([(*PLACE, 12.0)]),))
    drawing = outline_at_click(ready, np.array(PLACE))
    sizes = [area(at_level(ready, drawing, level)) for level in (0.7, 0.5, 0.3)]
    assert sizes == sorted(sizes)
    assert sizes[1] == pytest.approx(12.0, rel=0.1)


def test_what_a_stroke_marks_is_taken_as_certain() -> None:
    ready = click_field((view([(*PLACE, 12.0)]),))
    outside = np.array([[PLACE[0] + 3, PLACE[1] + k] for k in range(3)])
    inside = np.array([[PLACE[0] - 14, PLACE[1]]])
    pixels = {tuple(p) for p in outline_at_click(ready, np.array(PLACE), inside, outside).pixels.tolist()}
    assert not pixels & {tuple(p) for p in outside.astype(int).tolist()}
    assert tuple(inside[0].astype(int).tolist()) in pixels


def test_a_click_off_the_film_is_refused() -> None:
    with pytest.raises(UsageError, match=r"click: expected a pixel of a film of \(300, 240\) pixels, came \[400"):
        outline_at_click(click_field((view([]),)), np.array([400.0, 10.0]))


def test_a_click_on_bare_tissue_finds_no_border() -> None:
    ready = click_field((view([(*PLACE, 12.0)]),))
    assert outline_at_click(ready, np.array([220.0, 120.0])) is None


def test_a_click_on_a_deposit_says_how_sure_its_border_is() -> None:
    drawing = outline_at_click(click_field((view([(*PLACE, 12.0)]),)), np.array(PLACE))
    assert drawing.confidence > 0.9
    assert drawing.painted(drawing.mask).confidence is None

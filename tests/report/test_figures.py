"""Pictures: the same place at the same scale on every film, outlines where the deposits are, names that are safe."""

import dataclasses
import math

import numpy as np
import pytest
from PIL import Image

from lesionmeter.model.findings import Assessment, Call, Status, UnclearPlace
from lesionmeter.model.site import Site
from lesionmeter.report import figures
from lesionmeter.report.figures import writing
from lesionmeter.report.figures.charts import area_chart, change_chart
from lesionmeter.report.figures.names import film_slugs
from lesionmeter.report.figures.pixels import cut, inside, match_greys, smaller, to_pixels
from lesionmeter.report.figures.places import Window, outlines_of, places
from tests import worlds


@pytest.fixture(scope="module")
def patient():
    return worlds.patient_world()


@pytest.fixture(scope="module")
def drawn(tmp_path_factory, patient):
    folder = tmp_path_factory.mktemp("out")
    figures.write_figures(patient, folder)
    return folder / "figures"


def window(side_mm=10.0):
    """Two pixels a mm, the film's right side up."""
    return Window("a.tif", np.array([20.0, 30.0]), np.array([[-2.0, 0.0], [0.0, -2.0]]), side_mm)


# ---------------------------------------------------------------------- places


def test_there_is_one_place_for_each_site_in_the_order_of_the_rays(patient):
    found = places(patient)
    assert [place.site.name for place in found] == ["2 middle phalanx", "4 DIP", "5 tip", "palm"]
    assert found[0].identities == ("L01", "L03")


def test_a_place_has_a_window_of_one_size_on_every_film(patient):
    for place in places(patient):
        assert [w.film for w in place.windows] == list(worlds.FILMS)
        assert len({w.side_mm for w in place.windows}) == 1


def test_a_window_turns_and_shifts_and_never_stretches(patient):
    for each in places(patient)[0].windows:
        assert np.allclose(each.basis @ each.basis.T, np.eye(2) / worlds.PIXEL_MM**2)


def test_the_fingertip_is_up(patient):
    first = places(patient)[0].windows[0]
    knuckle, tip = first.to_picture(worlds.HAND[[5, 8]])
    assert tip[0] < knuckle[0]


@pytest.mark.parametrize("refused", [False, True])
def test_the_same_anatomy_lies_at_the_same_spot_of_every_picture(patient, refused):
    world = worlds.refused_pair(patient) if refused else patient
    windows = places(world)[0].windows
    spots = [w.to_picture(worlds._landmarks(n).points[[6, 7]]) for n, w in enumerate(windows)]
    assert np.allclose(spots[1], spots[0], atol=0.01)
    assert np.allclose(spots[2], spots[0], atol=0.01)
    assert [w.registered for w in windows] == [True, True, not refused]


def test_a_film_of_unknown_scale_is_drawn_at_the_nominal_scale_of_registration(patient):
    assert places(worlds.unknown_scale(patient))[0].windows[0].side_mm == places(patient)[0].windows[0].side_mm


def test_to_picture_undoes_to_film():
    points = np.array([[1.0, 2.0], [-3.0, 0.5]])
    assert np.allclose(window().to_picture(window().to_film(points)), points)


# ---------------------------------------------------------------------- pixels


def test_a_piece_shows_the_windows_middle_in_its_middle():
    film = np.zeros((60, 60), np.float32)
    film[20, 30] = 1.0
    piece = cut(film, window(), side=21)  # one pixel of the film is a quarter of a mm from the edge: 20 pixels a side
    assert np.unravel_index(piece.argmax(), piece.shape) == (10, 10)
    assert to_pixels(np.array([[20.0, 30.0]]), window(), side=21).tolist() == [[10.0, 10.0]]


def test_a_piece_beyond_the_film_is_not_a_number():
    off = dataclasses.replace(window(), centre=np.array([500.0, 500.0]))
    assert np.isnan(cut(np.ones((60, 60), np.float32), off, side=8)).all()


def test_a_fine_film_is_averaged():
    film = np.indices((400, 400)).sum(axis=0).astype(np.float32) % 2  # a chessboard
    coarse = Window("a.tif", np.array([199.5, 199.5]), np.eye(2) * 20, 10.0)
    assert cut(film, coarse, side=20) == pytest.approx(0.5)


def test_matching_undoes_exposure_and_contrast():
    rng = np.random.default_rng(0)
    piece = rng.uniform(0, 1, (40, 40)).astype(np.float32)
    nowhere = np.zeros(piece.shape, bool)
    first, second = match_greys([piece, 300 * piece + 50], [nowhere, nowhere])
    assert np.abs(first.astype(int) - second).max() <= 1


def test_a_deposit_that_fades_looks_fainter():
    rng = np.random.default_rng(0)
    before = rng.uniform(0, 1, (40, 40)).astype(np.float32)
    deposit = np.zeros(before.shape, bool)
    deposit[10:20, 10:20] = True
    after = before.copy()
    before[deposit], after[deposit] = 3.0, 2.0
    first, second = match_greys([before, after], [deposit, deposit])
    assert second[deposit].mean() < first[deposit].mean()


def test_where_deposits_are_is_a_box_round_each_outline():
    outline = np.array([[18.0, 28.0], [22.0, 32.0]])
    near = inside([outline], window(), side=20)  # 20 pixels of the film a side: one to one
    assert near[8:12, 8:12].all()
    assert not near[0].any()


@pytest.mark.parametrize("shape", [(3000, 2000), (7, 5), (1, 5000)])
def test_a_whole_film_is_made_smaller_by_whole_pixels(shape):
    picture, block = smaller(np.ones(shape, np.float32), 1000)
    assert picture.shape == (shape[0] // block, shape[1] // block)
    assert (picture == 1).all()


# ---------------------------------------------------------------------- files


def test_every_place_has_a_piece_of_each_film_a_strip_and_a_chart(drawn):
    expected = {
        "L_4-DIP_1983_left.png",
        "L_4-DIP_left-1984.png",
        "L_4-DIP_left_1988.png",
        "L_4-DIP.svg",
        "L_4-DIP_areas.svg",
    }
    assert expected <= {path.name for path in drawn.iterdir()}


def test_the_deposit_is_bright_in_the_middle_of_its_piece_on_the_negative_too(drawn):
    for film in ("1983_left", "left-1984", "left_1988"):
        piece = np.asarray(Image.open(drawn / f"L_4-DIP_{film}.png"))
        middle = piece.shape[0] // 2
        assert piece[middle, middle] > 240


def test_every_film_has_an_overlay_with_its_outlines_in_colour(drawn):
    overlay = np.asarray(Image.open(drawn / "left_1988_overlay.png")).astype(int)
    assert overlay.shape == (*worlds.SHAPE, 3)
    assert (overlay[..., 0] - overlay[..., 2]).max() > 100


def test_the_overlay_has_a_ring_round_what_is_unclear(patient):
    film = patient.films[0].film
    grey = np.full(worlds.SHAPE, 0.5, np.float32)
    bare = dataclasses.replace(patient, hands=(), deposits=())
    lump = UnclearPlace(film, "L", Site(None, "palm", "ulnar"), np.array([200.0, 100.0]), 30.0, 80.0, "mm2")
    drawn = np.asarray(figures.overlay(dataclasses.replace(bare, unclear=(lump,)), film, grey)).astype(int)
    block = worlds.SHAPE[0] / drawn.shape[0]
    coloured = (np.argwhere(drawn[..., 0] - drawn[..., 2] > 60) + 0.5) * block
    away = np.hypot(*(coloured - lump.position - 0.5).T)
    assert np.median(away) == pytest.approx(30.0, abs=2 * block)
    assert not np.ptp(np.asarray(figures.overlay(bare, film, grey)))


def test_a_strip_names_its_deposits_and_dates(drawn):
    text = (drawn / "L_2-middle-phalanx.svg").read_text()
    assert all(word in text for word in ("L01", "L03", "1983-04-18", "1988", "5 mm"))


def test_a_place_that_cannot_be_assessed_bears_its_name_with_a_question_mark(patient):
    place = places(patient)[0]
    film = place.windows[-1].film
    drawing = figures.piece_svg(
        not_assessed(patient, film, labels=(), position=(60.0, 60.0)), place, place.windows[-1], None
    )
    assert ">L01 ?</text>" in drawing
    assert "polygon" not in drawing.split(">L01 ?<")[0]


def test_what_is_outlined_and_not_measured_has_a_dashed_outline(patient):
    place = places(patient)[0]
    film = place.windows[0].film
    unsure = not_assessed(patient, film)
    first, rest = figures.piece_svg(unsure, place, place.windows[0], None).split(">L01 ?<")
    assert "<polygon" in first
    assert "stroke-dasharray" in first
    assert "stroke-dasharray" not in rest


def test_greys_are_matched_by_what_is_in_no_measured_outline(patient, tmp_path, monkeypatch):
    left_out = []

    def noted(pieces, deposits):
        left_out.append([where.any() for where in deposits])
        return match_greys(pieces, deposits)

    monkeypatch.setattr(writing, "match_greys", noted)
    film = places(patient)[0].windows[0].film
    for shown in (patient, not_assessed(patient, film, "L01", "L03")):
        figures.write_figures(shown, tmp_path)
    measured, unsure = left_out[0], left_out[len(left_out) // 2]
    assert measured[0]
    assert unsure == [False, *measured[1:]]


def test_half_of_such_an_outline_is_drawn_on_the_overlay(patient):
    film, grey = places(patient)[0].windows[0].film, np.full(worlds.SHAPE, 0.5, np.float32)
    first = next(d for d in patient.deposits if (d.film, d.identity) == (film, "L01"))
    shares = []
    for shown in (patient, not_assessed(patient, film)):
        drawn = np.asarray(figures.overlay(dataclasses.replace(shown, hands=()), film, grey)).astype(int)
        along = np.vstack(outlines_of(patient, first)) * drawn.shape[0] / worlds.SHAPE[0]
        rows, columns = np.rint(along).astype(int).T
        shares.append(np.mean((drawn[..., 0] - drawn[..., 2])[rows, columns] > 60))
    assert shares[0] > 0.9
    assert 0.3 < shares[1] < 0.7


def not_assessed(patient: Assessment, film: str, *identities: str, **changed: object) -> Assessment:
    """The patient of whom some deposits, L01 if none is named, could not be assessed on one film."""
    deposits = (
        dataclasses.replace(d, status=Status.NOT_ASSESSABLE, measurement=None, **changed)
        if d.film == film and d.identity in (identities or ("L01",))
        else d
        for d in patient.deposits
    )
    return dataclasses.replace(patient, deposits=tuple(deposits))


def test_a_film_of_unknown_scale_has_no_scale_bar(patient):
    place = places(patient)[0]
    text = figures.piece_svg(worlds.unknown_scale(patient), place, place.windows[0], None)
    assert "scale unknown" in text
    assert " mm<" not in text


def test_without_films_only_charts_are_drawn(tmp_path, patient):
    figures.write_figures(dataclasses.replace(patient, patient=None), tmp_path)
    assert {path.suffix for path in (tmp_path / "figures").iterdir()} == {".svg"}


def test_an_empty_assessment_has_an_overlay_only(tmp_path, patient):
    figures.write_figures(worlds.without_deposits(patient), tmp_path)
    assert [path.name for path in (tmp_path / "figures").iterdir()] == ["1983_left_overlay.png"]


def test_names_of_films_are_safe_and_never_shared():
    slugs = film_slugs(["a/b.tif", "a_b.tif", "A_B.dcm", "../<x>&.png", "---"])
    assert list(slugs.values()) == ["a_b", "a_b-2", "A_B-3", "_-x", "film"]


# ---------------------------------------------------------------------- charts


def test_the_same_chart_is_the_same_bytes(patient):
    place = places(patient)[0]
    assert area_chart(patient, place) == area_chart(patient, place)


def test_a_chart_of_unknown_scale_shows_shares_and_no_mm2(patient):
    relative = worlds.unknown_scale(patient)
    text = area_chart(relative, places(relative)[0])
    assert "% of first area" in text
    assert "mm²" not in text


def test_the_chart_of_changes_has_a_line_and_a_call_for_each(patient):
    changes = [c for c in patient.changes if c.level == "deposit"]
    text = change_chart(changes, (0.8, 1.25))
    assert text.count("not assessable") == sum(c.call is Call.NOT_ASSESSABLE for c in changes)
    assert "L01" in text


def test_a_chart_of_no_change_is_drawn_all_the_same():
    assert "later area / earlier area" in change_chart([], (0.8, 1.25))


def test_an_interval_beyond_the_axis_is_cut_at_its_end(patient):
    wild = dataclasses.replace(patient.changes[0].log_ratio, lo=-math.inf, hi=50.0)
    assert "<svg" in change_chart([dataclasses.replace(patient.changes[0], log_ratio=wild)], (0.8, 1.25))

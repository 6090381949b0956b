"""The page: self-contained, everything escaped, honest about what limits trust, whole for every kind of result."""

import dataclasses
import re

import pytest

from lesionmeter.model.corrections import ScaleCorrection, Signature
from lesionmeter.model.film_pair import Control, FilmPair
from lesionmeter.model.findings import Status
from lesionmeter.model.geometry.registration import even_doubt
from lesionmeter.report.cut_offs import CutOffs
from lesionmeter.report.page import page, write_figures, write_page
from lesionmeter.report.page.contents import chosen_pairs, first_to_last
from lesionmeter.report.page.trust import limits
from lesionmeter.stages.evidence.settings import EvidenceSettings
from tests import worlds


@pytest.fixture(scope="module")
def patient():
    return worlds.patient_world()


@pytest.fixture(scope="module")
def out(tmp_path_factory, patient):
    folder = tmp_path_factory.mktemp("out")
    write_figures(patient, folder)
    return folder


@pytest.fixture(scope="module")
def html(patient, out):
    return page(patient, out)


def said(assessment):
    return " ".join(line for limit in limits(assessment) for line in limit.lines)


def test_the_page_needs_no_network(html):
    addresses = set(re.findall(r"(?:href|src)=[\"']([^\"'#]{0,12})", html))
    assert all(address.startswith("data:") for address in addresses if address)
    assert not re.search(r"url\(|@import|<script [^>]*src|fetch\(|XMLHttpRequest|https?://(?!www\.w3\.org)", html)


def test_without_its_one_script_the_page_still_shows_every_change(html):
    still = re.sub(r"<script>.*?</script>", "", html, flags=re.DOTALL)
    assert "<script" not in still
    assert still.count('<div class="pair"') == 2  # L01 with L03, and L04
    assert still.count("<b>Difference</b>") == 2
    assert still.count('class="play" hidden') == 2


def test_pictures_of_a_change_say_that_they_are_for_looking_only_and_how_far_they_may_be_shifted(html):
    assert html.count("for looking only; areas are measured on each film") == 2
    assert html.count("may be shifted against each other here by up to") == 2


def test_a_deposit_smaller_than_the_predicted_error_is_warned_of(patient, out):
    loose = tuple(
        dataclasses.replace(pair, motions=tuple(dataclasses.replace(m, doubt=even_doubt(9.0)) for m in pair.motions))
        for pair in patient.registrations
    )
    made = page(dataclasses.replace(patient, registrations=loose), out)
    assert "L01 is 6.0 mm across and the predicted error is 9.0 mm" in made


def test_a_refused_registration_shows_no_pair(patient, out):
    assert '<div class="pair"' not in page(worlds.refused_pair(patient), out)


def test_a_page_without_a_change_has_no_script(patient, out):
    stable = tuple(c for c in patient.changes if c.identity == "L02")
    assert "<script" not in page(dataclasses.replace(patient, changes=stable), out)


def test_the_page_says_that_it_is_no_medical_device(html):
    assert html.count("Research use, not a medical device") == 2


def test_every_site_has_a_picture_of_every_date(html):
    assert html.count("<image width") == 4 * 3


def test_the_page_names_calls_with_wording_and_rule(html):
    assert "marked decrease" in html
    assert "the interval excludes 0 and the change is over 25 % and 1 mm2" in html


def test_the_page_can_be_made_again_from_the_folder_alone(patient, out, html):
    assert page(dataclasses.replace(patient, patient=None), out) == html


def test_pictures_that_are_missing_leave_an_empty_field(patient, tmp_path):
    made = page(patient, tmp_path)
    assert made.count("picture not kept") == 4 * 3


def test_what_comes_from_outside_is_escaped(patient, tmp_path):
    evil = "<script>alert(1)</script>"
    film = dataclasses.replace(patient.films[0], film=f"{evil}.tif", reason=evil, remarks=(evil,))
    deposit = dataclasses.replace(patient.deposits[0], identity=evil, reason=evil)
    world = dataclasses.replace(patient, patient_id=evil, films=(film,), deposits=(deposit,))
    assert "<script" not in page(world, tmp_path)


def test_a_page_without_deposits_says_so(patient, tmp_path):
    made = page(worlds.without_deposits(patient), tmp_path)
    assert "No deposit was found on this hand." in made
    assert "there is one film only" in made


def test_a_page_of_one_film_with_deposits_is_whole(patient, tmp_path):
    film = patient.films[0].film
    world = dataclasses.replace(
        worlds.without_deposits(patient),
        maps={film: patient.maps[film]},
        deposits=tuple(d for d in patient.deposits if d.film == film),
    )
    assert "28.3" in page(world, tmp_path)


def test_a_page_without_any_hand_says_so(patient, tmp_path):
    film = dataclasses.replace(patient.films[0], status=Status.NOT_ASSESSABLE, reason="no hand found", shape=None)
    world = dataclasses.replace(worlds.without_deposits(patient), films=(film,), hands=(), maps={})
    made = page(world, tmp_path)
    assert "No hand was found on these films." in made
    assert "1983/left.tif: no hand found." in made


def test_a_page_of_unknown_scale_never_shows_mm2(patient, out):
    made = page(worlds.unknown_scale(patient), out)
    shown = re.sub(r"<section class=\"(trust|method)\".*?</section>", "", made, flags=re.DOTALL)
    assert not re.search(r"\d mm²", shown)
    assert "56.2 %" in shown  # (4.5 / 6) squared


def test_the_page_replaces_the_one_before(patient, tmp_path):
    (tmp_path / "report.html").write_text("old")
    write_page(patient, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    assert "P017" in (tmp_path / "report.html").read_text(encoding="utf-8")


# ---------------------------------------------------------------------- what limits trust


def test_the_source_of_each_scale_is_told_with_its_uncertainty(patient):
    assert "1983/left.tif: stated in films.csv; standard uncertainty 1.0 % of a length, so 2.0 % of an area." in said(
        patient
    )


def test_a_flagged_scale_is_told_and_not_corrected(patient):
    assert "bones on left 1984.dcm are 3.1 % longer" in said(patient)
    assert "Nothing was corrected." in said(patient)


def test_a_refused_registration_is_told_with_its_reason(patient):
    assert "refused; median bone correlation 0.41, expected 0.6." in said(worlds.refused_pair(patient))


def paired(patient, control, flags=()):
    films = [film.film for film in patient.films[:2]]
    pair = FilmPair(*films, "L", patient.films[0].date, patient.films[1].date, control, flags=flags)
    return dataclasses.replace(patient, pairs=(pair,))


def test_a_control_that_is_off_is_told_and_nothing_is_corrected(patient):
    told = said(paired(patient, Control(0.2, 0.18, 0.22, spread=0.01, bones=19, allowed=0.08)))
    assert "measure +22.1 % (+19.7 to +24.6 %) on 19 bones; the films' shared error explains 8.3 %" in told
    assert "trust no change between these films. Nothing was corrected." in told


def test_a_control_that_holds_limits_nothing_and_shows_the_error_floor(patient, out):
    holds = paired(patient, Control(0.0, -0.01, 0.01, spread=0.01, bones=19, allowed=0.08))
    assert "Negative control" not in {limit.topic for limit in limits(holds)}
    assert "<td>holds</td>" in page(holds, out)
    assert '<td class="n">2.0 %</td>' in page(holds, out)


def test_films_that_are_hard_to_compare_are_told(patient):
    assert "to left 1984.dcm: blur: one against other." in said(paired(patient, None, ("blur: one against other",)))


def test_an_outline_that_is_not_settled_is_told_with_how_much_is_open(patient):
    first = next(deposit for deposit in patient.deposits if deposit.measurement)
    half = dataclasses.replace(first.measurement, sd_choice=first.measurement.area.value / 2)
    unsettled = dataclasses.replace(first, measurement=half)
    told = said(dataclasses.replace(patient, deposits=(unsettled,)))
    assert f"tells, or a click where there was none: {first.identity} on {first.film} (50 %)." in told
    assert "drawn outline" not in said(patient)  # 4 % of each area


def test_what_speaks_against_a_change_stands_apart_from_the_rule(patient, out):
    change = dataclasses.replace(patient.changes[0], reason="the rule; beware: one thing; another")
    made = page(dataclasses.replace(patient, changes=(change,)), out)
    assert "<small>the rule</small>" in made
    assert '<ul class="doubts"><li>one thing</li><li>another</li></ul>' in made


def test_a_film_that_was_not_assessed_is_told_first(patient):
    film = dataclasses.replace(patient.films[0], status=Status.NOT_ASSESSABLE, reason="cropped fingers")
    first = limits(dataclasses.replace(patient, films=(film, *patient.films[1:])))[0]
    assert (first.topic, first.lines, first.grave) == ("Films not assessed", ("1983/left.tif: cropped fingers.",), True)


def test_a_readers_click_and_correction_are_told(patient):
    correction = ScaleCorrection(Signature("reader 1", "2026-01-02T03:04:05Z"), "a.tif", 0.1)
    told = said(dataclasses.replace(patient, corrections=(correction,)))
    assert "L04: found by a reader's click" in told
    assert "reader 1 set the scale on a.tif, 2026-01-02T03:04:05Z." in told


def test_cut_offs_are_those_that_the_calls_were_made_with(patient, out):
    asked = dataclasses.replace(EvidenceSettings(), least_share=0.4, least_mm2=2.5, stable_share=0.5)
    other = dataclasses.replace(patient, settings={"evidence": dataclasses.asdict(asked)})
    assert "(40 % and 2.5 mm² for a change, -50 % to +100 % for stable," in said(other)
    html = page(other, out)
    assert "the change is at least 40 % and 2.5 mm²" in html
    assert "the whole interval lies within -50 % to +100 %" in html


def test_cut_offs_that_nobody_asked_for_are_the_usual_ones():
    usual = dataclasses.asdict(CutOffs())
    assert {name: value for name, value in dataclasses.asdict(EvidenceSettings()).items() if name in usual} == usual


def test_cut_offs_are_called_conventions_always(patient):
    assert "are conventions and have not been validated" in said(worlds.without_deposits(patient))


# ---------------------------------------------------------------------- which changes


def test_the_page_shows_neighbouring_dates_and_first_to_last(patient):
    hand = [c for c in patient.changes if c.level == "hand"]
    far = dataclasses.replace(hand[2], date_to=dataclasses.replace(hand[2].date_to, year=1990))
    shown = chosen_pairs([*hand, far])
    assert hand[2] not in shown
    assert {hand[0], hand[1], far} == set(shown)


def test_the_summary_takes_the_longest_time_of_each_thing(patient):
    ends = first_to_last(c for c in patient.changes if c.level == "deposit")
    assert len(ends) == len(worlds.SITES)
    assert {str(c.date_to) for c in ends} == {"1988"}

"""The order of the stages: every deposit a row on every film, and corrections replayed to the last digit."""

from __future__ import annotations

import dataclasses
import functools
import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lesionmeter.errors import UsageError
from lesionmeter.io.assessment.document import to_text
from lesionmeter.model.bones import BoneMap
from lesionmeter.model.corrections import (
    Acceptance,
    FilmCorrection,
    LandmarkCorrection,
    LinkCorrection,
    NotAssessable,
    OutlineCorrection,
    Rejection,
    ScaleCorrection,
    Signature,
)
from lesionmeter.model.dates import PartialDate
from lesionmeter.model.deposit import DepositMap, Origin, SizeLimits
from lesionmeter.model.findings import Assessment, Call, DepositFinding, Status
from lesionmeter.model.geometry import even_doubt
from lesionmeter.model.patient import HandView, Hint, Patient
from lesionmeter.model.points import AskedPoint, CarriedPoint
from lesionmeter.model.radiograph import Polarity
from lesionmeter.pipeline import (
    Settings,
    assess,
    assess_film_by_film,
    carry_points,
    reassess,
    register_hands,
    revise,
    standing,
)
from lesionmeter.pipeline.followup import ASKED, BORDERLESS, SESAMOID
from lesionmeter.pipeline.settings import settings_of
from lesionmeter.pipeline.standing import A_PART, STILL_THERE
from lesionmeter.stages import anatomy, segmentation
from tests.followup_world import DISCS, FILMS, World, patient, segment

READER = Signature("reader", "2026-01-01T00:00:00+00:00")
SQUARE = np.array([[205.0, 115.0], [205.0, 125.0], [215.0, 125.0], [215.0, 115.0]])
CORRECTIONS = [
    ScaleCorrection(READER, "b.tif", 0.25),
    LandmarkCorrection(READER, "c.tif", "L", 8, np.array([80.0, 76.0])),
    OutlineCorrection(READER, "a.tif", "L", (SQUARE,)),
    Rejection(READER, "a.tif", np.array([210.0, 120.0])),
    LinkCorrection(READER, ("a.tif", 1), ("b.tif", 1), same=False),
    NotAssessable(READER, "b.tif", "L01", "a cast lies over it"),
    FilmCorrection(READER, "a.tif", date=PartialDate(1990), polarity=Polarity.NORMAL),
    Acceptance(READER, "b.tif", "L02", "measured"),
]


@pytest.fixture(autouse=True)
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    one_hand = World()
    one_hand.stand_in(monkeypatch)
    return one_hand


def findings(assessment: Assessment, film: str) -> dict[str, DepositFinding]:
    return {finding.identity: finding for finding in assessment.deposits if finding.film == film}


def area(finding: DepositFinding) -> float:
    assert finding.measurement is not None
    return finding.measurement.area.value


def everything(assessment: Assessment) -> tuple[str, dict[str, bytes]]:
    return to_text(assessment), {film: found.labels.tobytes() for film, found in assessment.maps.items()}


@functools.cache
def assessed() -> Assessment:
    """The world without corrections."""
    return assess(patient())


def without(film: str) -> Patient:
    whole = patient()
    return dataclasses.replace(whole, films=tuple(f for f in whole.films if f.film != film))


def test_every_deposit_has_a_row_on_every_film() -> None:
    result = assessed()
    assert [len(findings(result, film)) for film in FILMS] == [len(DISCS)] * 3


def test_areas_are_those_of_the_discs_on_each_date() -> None:
    result = assessed()
    assert [area(findings(result, film)["L01"]) for film in FILMS] == pytest.approx([12.0, 12.0, 4.0], rel=0.03)


def test_what_is_not_seen_is_not_called_absent_where_nothing_put_in_is_found_surely(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    World(limits=SizeLimits(None, None, 100)).stand_in(monkeypatch)
    unseen = [d for d in assess(patient()).deposits if not d.labels]
    assert unseen
    assert {d.status for d in unseen} == {Status.NOT_ASSESSABLE}
    assert all("found less than 95 times in 100" in d.reason for d in unseen)


def test_every_two_films_of_a_hand_have_a_row_of_what_they_are_worth_together() -> None:
    names = [(pair.film_from, pair.film_to) for pair in assess(patient()).pairs]
    assert names == [("a.tif", "b.tif"), ("a.tif", "c.tif"), ("b.tif", "c.tif")]


def test_bones_in_another_pose_are_named_once_a_film(monkeypatch: pytest.MonkeyPatch) -> None:
    World(ailing={"pose": "turned by 17 degrees"}).stand_in(monkeypatch)
    flags = {(p.film_from, p.film_to): [f for f in p.flags if f.startswith("pose")] for p in assess(patient()).pairs}
    assert flags["a.tif", "b.tif"][0].startswith(
        "pose: 15 bones turned or tilted by over 15 degrees on b.tif against a.tif (1 "
    )
    assert len(flags["b.tif", "c.tif"]) == 2


def test_a_refused_registration_leaves_no_control(monkeypatch: pytest.MonkeyPatch) -> None:
    World(refused="c.tif").stand_in(monkeypatch)
    reasons = [pair.reason for pair in assess(patient()).pairs if pair.film_to == "c.tif"]
    assert reasons == ["registration of c.tif was refused"] * 2


def test_a_disc_that_is_not_there_yet_is_absent_and_then_new() -> None:
    result = assessed()
    (newcomer,) = set(findings(result, "c.tif")) - {"L01", "L02"}
    assert findings(result, "a.tif")[newcomer].status is Status.ABSENT
    assert {c.call for c in result.changes if c.identity == newcomer and c.film_to == "c.tif"} == {Call.NEW}


def test_the_order_of_the_films_in_time_decides_the_baseline() -> None:
    assert [(r.film_from, r.film_to) for r in register_hands(patient()).registrations] == [
        ("a.tif", "b.tif"),
        ("a.tif", "c.tif"),
    ]


def test_a_film_without_a_hand_has_rows_that_are_not_assessable(monkeypatch: pytest.MonkeyPatch) -> None:
    World(hands={"a.tif": "L", "b.tif": "", "c.tif": "L"}).stand_in(monkeypatch)
    result = assess(patient())
    rows = findings(result, "b.tif").values()
    assert {(row.status, row.reason) for row in rows} == {(Status.NOT_ASSESSABLE, "fingers are cut off")}
    assert all(row.measurement is None for row in rows)
    assert [film.status for film in result.films] == [Status.MEASURED, Status.NOT_ASSESSABLE, Status.MEASURED]


def test_a_patient_without_any_hand_still_has_a_row_for_each_film(monkeypatch: pytest.MonkeyPatch) -> None:
    World(hands=dict.fromkeys(FILMS, "")).stand_in(monkeypatch)
    result = assess(patient())
    assert [film.reason for film in result.films] == ["fingers are cut off"] * 3


def test_two_hands_on_a_film_are_followed_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    World(hands=dict.fromkeys(FILMS, "LR")).stand_in(monkeypatch)
    result = assess(patient(sides="LR"))
    assert sorted(track.laterality for track in result.tracks) == ["L"] * 3 + ["R"] * 3
    assert len(result.registrations) == 4


def test_a_hand_that_should_be_on_a_film_and_was_not_found_has_rows_there(monkeypatch: pytest.MonkeyPatch) -> None:
    World(hands={"a.tif": "LR", "b.tif": "L", "c.tif": "LR"}).stand_in(monkeypatch)
    result = assess(patient(sides="LR", laterality="LR"))
    right = [row for row in findings(result, "b.tif").values() if row.laterality == "R"]
    assert {(row.status, row.reason) for row in right} == {(Status.NOT_ASSESSABLE, "hand R was not found")}
    assert len(right) == 3


def test_a_hand_that_a_film_is_not_said_to_show_has_no_rows_there(monkeypatch: pytest.MonkeyPatch) -> None:
    World(hands={"a.tif": "LR", "b.tif": "L", "c.tif": "LR"}).stand_in(monkeypatch)
    rows = findings(assess(patient(sides="LR")), "b.tif").values()
    assert {row.laterality for row in rows} == {"L"}


def test_films_of_unknown_scale_have_ratios_and_no_mm2() -> None:
    result = assess(patient(claims=()))
    assert {row.measurement.unit for row in result.deposits if row.measurement} == {"relative"}
    (change,) = (c for c in result.changes if c.identity == "L01" and (c.film_from, c.film_to) == ("a.tif", "c.tif"))
    assert change.log_ratio is not None
    assert change.log_ratio.value == pytest.approx(math.log(4 / 12), abs=0.05)


def test_a_film_of_unknown_scale_takes_it_from_whichever_of_its_hands_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    World(hands={"a.tif": "R", "b.tif": "LR", "c.tif": "LR"}).stand_in(monkeypatch)
    whole = patient(sides="LR")
    films = (whole.films[0], *(dataclasses.replace(film, claims=()) for film in whole.films[1:]))
    result = assess(dataclasses.replace(whole, films=films))
    assert [film.spacing.mean_mm for film in result.films if film.spacing] == pytest.approx([0.2, 0.2, 0.2])


def test_a_film_without_a_date_has_rows_and_no_changes() -> None:
    whole = patient()
    result = assess(
        dataclasses.replace(whole, films=(*whole.films[:2], dataclasses.replace(whole.films[2], date=None)))
    )
    assert area(findings(result, "c.tif")["L01"]) == pytest.approx(4.0, rel=0.03)
    assert {(c.film_from, c.film_to) for c in result.changes if c.level == "hand"} == {("a.tif", "b.tif")}


def test_a_refused_registration_follows_no_deposit(monkeypatch: pytest.MonkeyPatch) -> None:
    World(refused="c.tif").stand_in(monkeypatch)
    row = findings(assess(patient()), "c.tif")["L01"]
    assert row.status is Status.NOT_ASSESSABLE
    assert row.reason == "registration of c.tif refused (another hand)"


def test_progress_goes_from_nothing_to_all_and_never_back() -> None:
    shares: list[float] = []
    assess(patient(), progress=lambda share, words: shares.append(share))
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)


# ---------------------------------------------------------------------- corrections


@pytest.mark.parametrize("correction", CORRECTIONS, ids=lambda correction: type(correction).__name__)
def test_revising_equals_assessing_with_the_correction_to_the_last_digit(correction) -> None:
    revised = revise(assessed(), correction)
    assert everything(revised) == everything(assess(patient(), corrections=(correction,)))
    assert everything(revised) != everything(assessed())


def test_all_corrections_one_by_one_equal_all_at_once() -> None:
    revised = assessed()
    for correction in CORRECTIONS:
        revised = revise(revised, correction)
    assert everything(revised) == everything(assess(patient(), corrections=tuple(CORRECTIONS)))


def test_a_revision_leaves_the_assessment_as_it_was() -> None:
    first = assess(patient())
    before = everything(first)
    revise(first, CORRECTIONS[2])
    assert everything(first) == before


def test_a_revision_repeats_only_what_it_touches(monkeypatch: pytest.MonkeyPatch) -> None:
    first = assess(patient())
    monkeypatch.setattr(segmentation, "segment", None)
    assert len(revise(first, CORRECTIONS[4]).tracks) == len(first.tracks) + 1


def test_a_revision_keeps_the_settings_of_the_assessment() -> None:
    strict = dataclasses.replace(Settings(), segmentation=segmentation.SegmentationSettings(threshold=0.7))
    revised = revise(assess(patient(), strict), CORRECTIONS[0])
    assert settings_of(revised.settings) == strict


def test_a_stated_scale_changes_areas_by_its_square() -> None:
    revised = assess(patient(), corrections=(ScaleCorrection(READER, "b.tif", 0.4),))
    assert area(findings(revised, "b.tif")["L02"]) == pytest.approx(36.0, rel=0.03)


def test_a_drawn_outline_is_measured_as_drawn() -> None:
    revised = assess(patient(), corrections=(CORRECTIONS[2],))
    drawn = [row for row in findings(revised, "a.tif").values() if row.origin == "reviewed"]
    assert [area(row) for row in drawn] == [pytest.approx(4.0)]  # 10 x 10 pixels of 0.2 mm


def test_a_readers_refusal_is_the_reason() -> None:
    row = findings(assess(patient(), corrections=(CORRECTIONS[5],)), "b.tif")["L01"]
    assert (row.status, row.reason) == (Status.NOT_ASSESSABLE, "reader: a cast lies over it")


def test_a_correction_of_a_film_that_is_gone_is_kept_and_remarked() -> None:
    result = assess(without("b.tif"), corrections=(CORRECTIONS[0],))
    assert result.corrections == (CORRECTIONS[0],)
    assert "ScaleCorrection names b.tif, which is not among the films: not applied" in result.remarks[0]


def test_a_word_on_a_deposit_that_is_not_found_there_is_kept_and_remarked() -> None:
    word = NotAssessable(READER, "b.tif", "L77", "a cast lies over it")
    result = assess(patient(), corrections=(word,))
    assert result.corrections == (word,)
    assert result.remarks == (
        "a reader's NotAssessable names deposit L77 on b.tif, where none of that name is found: not applied",
    )


def test_a_word_on_a_deposit_that_is_found_is_not_remarked() -> None:
    assert assess(patient(), corrections=(CORRECTIONS[5], CORRECTIONS[7])).remarks == ()


def test_revising_a_film_that_is_not_there_is_refused() -> None:
    with pytest.raises(UsageError, match=r"expected one of the films \['a.tif', 'c.tif'\], came \['b.tif'\]"):
        revise(assess(without("b.tif")), CORRECTIONS[0])


def test_an_assessment_without_its_films_cannot_be_revised() -> None:
    with pytest.raises(UsageError, match="expected an assessment with its films, came one of P1"):
        revise(dataclasses.replace(assessed(), patient=None), CORRECTIONS[0])


def test_settings_of_another_version_are_refused() -> None:
    with pytest.raises(UsageError, match=r"expected those of this version, came .*sharpness"):
        settings_of({"segmentation": {"sharpness": 1.0}})


def test_taking_a_correction_back_gives_what_was_there_before() -> None:
    assert everything(reassess(revise(assessed(), CORRECTIONS[6]), ())) == everything(assessed())


def test_a_date_that_a_reader_states_orders_the_films_anew() -> None:
    result = revise(assessed(), CORRECTIONS[6])
    assert [(film.film, film.date_source) for film in result.films][-1] == ("a.tif", "reader")
    assert {pair.film_from for pair in result.registrations} == {"b.tif"}


def test_what_a_reader_affirms_carries_the_readers_name() -> None:
    result = revise(assessed(), CORRECTIONS[7])
    assert [(row.film, row.identity) for row in result.deposits if row.review == "reader"] == [("b.tif", "L02")]


def test_an_acceptance_lapses_when_the_finding_is_another_one() -> None:
    gone = Rejection(READER, "b.tif", np.array(findings(assessed(), "b.tif")["L02"].position))
    result = reassess(assessed(), (CORRECTIONS[7], gone))
    assert findings(result, "b.tif")["L02"].review == ""


def test_films_are_assessed_one_more_at_a_time_and_in_the_end_all() -> None:
    parts = list(assess_film_by_film(patient()))
    assert [len(part.films) for part in parts] == [1, 2, 3]
    assert everything(parts[-1]) == everything(assessed())


# ---------------------------------------------------------------------- carried points


def carried(point: AskedPoint) -> dict[str, CarriedPoint]:
    return {row.film: row for row in carry_points(register_hands(patient()), [point])}


@pytest.mark.parametrize(
    ("film", "places"),
    [
        ("a.tif", {"b.tif": (110, 80), "c.tif": (120, 80)}),
        ("b.tif", {"a.tif": (90, 80), "c.tif": (110, 80)}),
        ("c.tif", {"a.tif": (80, 80), "b.tif": (90, 80)}),
    ],
    ids=["forward", "back and on", "back"],
)
def test_a_point_moves_as_the_hand_did(film: str, places: dict[str, tuple[int, int]]) -> None:
    rows = carried(AskedPoint(film, "p", (100.0, 80.0)))
    assert list(rows) == list(places)
    assert [rows[name].position for name in places] == [pytest.approx(place) for place in places.values()]


def test_the_errors_of_both_ways_add_up() -> None:
    once = carried(AskedPoint("a.tif", "p", (110.0, 76.0)))["c.tif"].error_mm
    twice = carried(AskedPoint("b.tif", "p", (120.0, 76.0)))["c.tif"].error_mm
    assert (once, twice) == (pytest.approx(0.1), pytest.approx(0.1 * math.sqrt(2)))


def test_a_refused_registration_carries_no_point(monkeypatch: pytest.MonkeyPatch) -> None:
    World(refused="c.tif").stand_in(monkeypatch)
    row = carried(AskedPoint("b.tif", "p", (100.0, 80.0)))["c.tif"]
    assert (row.ok, row.position, row.reason) == (False, None, "registration refused: another hand")


def test_a_point_is_not_carried_to_a_film_without_a_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    World(hands={"a.tif": "L", "b.tif": "", "c.tif": "L"}).stand_in(monkeypatch)
    rows = carried(AskedPoint("a.tif", "p", (100.0, 80.0)))
    assert {film: (row.ok, row.reason) for film, row in rows.items()} == {
        "b.tif": (False, "no hand was found on b.tif"),
        "c.tif": (True, ""),
    }


def test_a_point_on_a_bone_that_was_not_matched_is_not_ok(monkeypatch: pytest.MonkeyPatch) -> None:
    World(ailing={"ok": False, "reason": "correlation 0.30 is below 0.45"}).stand_in(monkeypatch)
    row = carried(AskedPoint("a.tif", "p", (110.0, 76.0)))["c.tif"]
    assert not row.ok
    assert row.position is not None
    assert row.reason.endswith("on c.tif: correlation 0.30 is below 0.45")


def test_a_point_whose_predicted_error_is_large_is_not_ok(monkeypatch: pytest.MonkeyPatch) -> None:
    World(ailing={"doubt": even_doubt(4.0)}).stand_in(monkeypatch)
    row = carried(AskedPoint("a.tif", "p", (110.0, 76.0)))["c.tif"]
    assert (row.ok, row.reason) == (False, "predicted error 4.0 mm is over 3 mm")


def test_a_deposit_on_a_bone_in_another_pose_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    World(ailing={"pose": "turned by 17 degrees"}).stand_in(monkeypatch)
    result = assess(patient())
    measured = [d for d in result.deposits if d.status is Status.MEASURED]
    told = {finding.film: "turned by 17 degrees against a.tif" in finding.reason for finding in measured}
    assert told == {film: film != "a.tif" for film in told}
    assert any("turned by 17 degrees" in change.reason for change in result.changes if change.level == "deposit")


def test_a_find_that_may_be_a_sesamoid_says_so_until_a_reader_affirms_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disc of 2 mm2 where the sesamoid of this small hand's thumb lies, beside one in the palm."""
    monkeypatch.setitem(DISCS, "A", ((215, 71), (2.0, 2.0, 2.0)))
    found = assess(patient())
    told = {(row.identity, row.film) for row in found.deposits if row.reason == SESAMOID}
    name = next(iter(told))[0]
    assert told == {(name, film) for film in FILMS}
    affirmed = revise(found, Acceptance(READER, "b.tif", name, "measured"))
    assert [row.reason for row in affirmed.deposits if row.identity == name] == [SESAMOID, "", SESAMOID]


@pytest.mark.parametrize(("first_mm2", "is_one"), [(1.0, True), (4.0, False)], ids=["as large", "larger at first"])
def test_what_is_like_the_sesamoid_on_every_film_is_no_deposit(
    monkeypatch: pytest.MonkeyPatch, first_mm2: float, is_one: bool
) -> None:
    """A disc of 1 mm2 just at its place is 0.024 lengths of this small hand across; one of 4 mm2, 0.048."""
    monkeypatch.setitem(DISCS, "A", ((216, 72), (first_mm2, 1.0, 1.0)))
    places = [row.position for row in findings(assess(patient()), "a.tif").values()]
    assert ((216, 72) not in places) is is_one


def test_what_lies_within_a_bone_is_a_deposit_only_if_the_network_is_sure(monkeypatch: pytest.MonkeyPatch) -> None:
    found_bones = anatomy.bone_map

    def all_bone(view: HandView, deposits: NDArray[np.bool_] | None = None) -> BoneMap:
        found = found_bones(view, deposits)
        return dataclasses.replace(found, labels=np.ones_like(found.labels))

    def unsure(*given: Any) -> DepositMap:
        found = segment(*given)
        return dataclasses.replace(found, deposits=tuple(dataclasses.replace(d, chance=0.6) for d in found.deposits))

    monkeypatch.setattr(anatomy, "bone_map", all_bone)
    assert assess(patient()).deposits
    monkeypatch.setattr(segmentation, "segment", unsure)
    assert not assess(patient()).deposits


def test_a_point_that_leaves_the_film_says_so() -> None:
    row = carried(AskedPoint("a.tif", "p", (325.0, 80.0)))["c.tif"]
    assert (row.ok, row.reason) == (False, "lies off the film")


def test_a_point_off_its_own_film_is_not_carried() -> None:
    rows = carried(AskedPoint("a.tif", "p", (400.0, 80.0)))
    assert {row.reason for row in rows.values()} == {"lies off its own film a.tif"}


def test_a_point_is_carried_to_films_of_its_own_hand_only(monkeypatch: pytest.MonkeyPatch) -> None:
    World(hands={"a.tif": "LR", "b.tif": "L", "c.tif": "R"}).stand_in(monkeypatch)
    registered = register_hands(patient(sides="LR"))
    rows = carry_points(registered, [AskedPoint("a.tif", "p", (100.0, 400.0))])
    assert [row.film for row in rows] == ["c.tif"]


def test_a_point_of_an_unknown_film_is_refused() -> None:
    with pytest.raises(UsageError, match=r"expected films of \['a.tif', 'b.tif', 'c.tif'\], came 'd.tif' \(point p\)"):
        carried(AskedPoint("d.tif", "p", (1.0, 1.0)))


@pytest.fixture
def hazy(monkeypatch: pytest.MonkeyPatch) -> None:
    """On the first film something unclear lies where disc C will be."""

    def found(views: tuple[HandView, ...], hints: tuple[Hint, ...], settings: object = None) -> DepositMap:
        clear = segment(views, hints, settings)
        place = np.array([[*DISCS["C"][0], 5.0]])
        return dataclasses.replace(clear, unclear=place) if clear.film == "a.tif" else clear

    monkeypatch.setattr(segmentation, "segment", found)


def rows_of_disc_c(result: Assessment) -> dict[str, DepositFinding]:
    """Of the one deposit that is not on the second film."""
    (identity,) = {r.identity for r in result.deposits} - {
        r.identity for r in result.deposits if r.film == "b.tif" and r.labels
    }
    return {row.film: row for row in result.deposits if row.identity == identity}


@pytest.mark.usefixtures("hazy")
def test_a_deposit_is_not_called_absent_where_something_unclear_is_seen() -> None:
    rows = rows_of_disc_c(assess(patient()))
    assert [rows[film].status for film in FILMS] == [Status.NOT_ASSESSABLE, Status.ABSENT, Status.MEASURED]
    assert "without a clear border" in rows["a.tif"].reason


@pytest.mark.usefixtures("hazy")
def test_a_reader_may_affirm_that_it_is_absent_all_the_same() -> None:
    first = assess(patient())
    identity = rows_of_disc_c(first)["a.tif"].identity
    rows = rows_of_disc_c(revise(first, Acceptance(READER, "a.tif", identity, "absent")))
    assert (rows["a.tif"].status, rows["a.tif"].review) == (Status.ABSENT, "reader")


def lumps_at(monkeypatch: pytest.MonkeyPatch, places: dict[str, tuple[float, float, float]]) -> None:
    """On those films a lump is seen there and not outlined: row, column and radius in pixels of 0.2 mm."""

    def found(views: tuple[HandView, ...], hints: tuple[Hint, ...], settings: object = None) -> DepositMap:
        clear = segment(views, hints, settings)
        place = np.array([places[clear.film]] if clear.film in places else []).reshape(-1, 3)
        return dataclasses.replace(clear, unclear=place, lumps=place)

    monkeypatch.setattr(segmentation, "segment", found)


def test_a_lump_that_is_seen_and_not_outlined_is_named_until_a_reader_rejects_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A radius of 20 pixels of 0.2 mm is 50 mm2."""
    lumps_at(monkeypatch, {"a.tif": (240.0, 100.0, 20.0)})
    result = assess(patient())
    (place,) = result.unclear
    assert (place.film, place.laterality, tuple(place.position), place.unit) == ("a.tif", "L", (240.0, 100.0), "mm2")
    assert place.area == pytest.approx(16 * np.pi)
    words = f"hand L: seen without a clear border, and in no area: about 50 mm2 at {place.site}; outline it"
    assert [[r.startswith(words) for r in film.remarks] for film in result.films] == [[True], [], []]
    hand = [change.reason for change in result.changes if change.level == "hand"]
    assert ["and in no sum" in reason for reason in hand] == [True, True, False]
    cleared = revise(result, Rejection(READER, "a.tif", np.array([250.0, 100.0])))
    assert (cleared.unclear, [film.remarks for film in cleared.films]) == ((), [(), (), ()])


def test_what_is_why_a_deposit_is_not_assessable_is_not_named_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    lumps_at(monkeypatch, {"a.tif": (*DISCS["C"][0], 20.0)})
    result = assess(patient())
    assert rows_of_disc_c(result)["a.tif"].status is Status.NOT_ASSESSABLE
    assert result.unclear == ()


def test_a_lump_whose_outline_another_date_makes_believed_is_not_named(monkeypatch: pytest.MonkeyPatch) -> None:
    lumps_at(monkeypatch, {"a.tif": (*DISCS["A"][0], 20.0)})
    assert assess(patient()).unclear == ()


def found_otherwise(monkeypatch: pytest.MonkeyPatch, shrunk: float) -> None:
    """Disc A of 12 mm2 is outlined at `shrunk` of its radius on the second film; not at all, if that is 0."""

    def found(views: tuple[HandView, ...], hints: tuple[Hint, ...], settings: object = None) -> DepositMap:
        whole = segment(views, hints, settings)
        if whole.film != "b.tif":
            return whole
        (disc,) = (d for d in whole.deposits if abs(d.area_px * 0.04 - 12.0) < 0.5)
        if not shrunk:
            return whole.only(d.label for d in whole.deposits if d is not disc)
        outlines = tuple(disc.centre + shrunk * (outline - disc.centre) for outline in disc.outlines)
        small = dataclasses.replace(disc, outlines=outlines, area_px=shrunk**2 * disc.area_px)
        return dataclasses.replace(whole, deposits=tuple(small if d is disc else d for d in whole.deposits))

    monkeypatch.setattr(segmentation, "segment", found)


def test_what_a_reader_clicked_and_nothing_tells_from_what_lies_beside_it_is_not_measured_until_outlined(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The last film's outline of disc A, which shrinks from 12 to 4 mm2, is what a click found without a border."""

    def found(views: tuple[HandView, ...], hints: tuple[Hint, ...], settings: object = None) -> DepositMap:
        whole = segment(views, hints, settings)
        if whole.film != "c.tif":
            return whole
        clicked = (
            dataclasses.replace(d, origin=Origin.HINT, confidence=0.0) if abs(d.area_px * 0.04 - 4.0) < 0.5 else d
            for d in whole.deposits
        )
        return dataclasses.replace(whole, deposits=tuple(clicked))

    monkeypatch.setattr(segmentation, "segment", found)
    first = assess(patient())
    row = rows_of_disc_a(first)["c.tif"]
    assert (row.status, row.measurement, row.reason) == (Status.NOT_ASSESSABLE, None, BORDERLESS)
    assert (first.maps["c.tif"].labels == row.labels[0])[tuple(np.rint(row.position).astype(int))]
    calls = {change.call for change in first.changes if change.identity == "L01" and change.film_to == "c.tif"}
    assert calls == {Call.NOT_ASSESSABLE}
    square = np.array([[0.0, 0.0], [0.0, 10.0], [10.0, 10.0], [10.0, 0.0]]) + np.array(row.position) - 5.0
    drawn = revise(first, OutlineCorrection(READER, "c.tif", "L", (square,)))
    assert area(rows_of_disc_a(drawn)["c.tif"]) == pytest.approx(100 * 0.04)


def rows_of_disc_a(result: Assessment) -> dict[str, DepositFinding]:
    return {row.film: row for row in result.deposits if row.identity == "L01"}


def test_what_is_not_outlined_is_not_called_absent_where_its_border_of_another_date_stands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found_otherwise(monkeypatch, 0.0)
    result = assess(patient())
    row = rows_of_disc_a(result)["b.tif"]
    assert (row.status, row.reason, row.note) == (Status.NOT_ASSESSABLE, STILL_THERE.format("a.tif"), "")
    affirmed = revise(result, Acceptance(READER, "b.tif", "L01", "absent"))
    assert rows_of_disc_a(affirmed)["b.tif"].status is Status.ABSENT


def test_what_a_reader_rejects_on_a_film_is_absent_there_although_its_border_stands() -> None:
    result = revise(assess(patient()), Rejection(READER, "b.tif", np.array([140.0, 62.0])))
    assert rows_of_disc_a(result)["b.tif"].status is Status.ABSENT


def test_of_a_border_that_a_reader_drew_the_film_may_show_nothing() -> None:
    """Drawn on flat flesh on the first film, a border has no fall to be found again."""
    flat = SQUARE + np.array([20.0, 60.0])
    result = revise(assess(patient()), OutlineCorrection(READER, "a.tif", "L", (flat,)))
    drawn = {row.identity for row in result.deposits if row.origin == "reviewed"}
    rows = [row.status for row in result.deposits if row.identity in drawn]
    assert rows == [Status.MEASURED, Status.ABSENT, Status.ABSENT]


def test_an_outline_inside_a_border_that_still_stands_is_open_by_what_lies_between(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of 12 mm2, 3 are outlined: radii of 1.95 and 0.98 mm; the area is open by one standard error of 9 mm2."""
    monkeypatch.setattr(standing, "PARTED_MM2", 12.1)
    found_otherwise(monkeypatch, 0.5)
    row = rows_of_disc_a(assess(patient()))["b.tif"]
    assert (row.measurement is not None, row.reason) == (True, "")
    monkeypatch.setattr(standing, "PARTED_MM2", 11.0)
    row = rows_of_disc_a(assess(patient()))["b.tif"]
    assert row.measurement is not None
    assert row.measurement.area.value == pytest.approx(3.0, rel=0.03)
    assert row.measurement.sd_choice == pytest.approx(9.0, rel=0.03)
    assert row.reason == A_PART.format("a.tif")


def test_what_truly_shrank_is_not_open() -> None:
    """From 12 to 4 mm2 on the last film: the old border falls there no more."""
    row = rows_of_disc_a(assess(patient()))["c.tif"]
    assert row.measurement is not None
    assert (row.measurement.sd_choice, row.reason) == (0.0, "")


def test_a_border_that_has_no_fall_on_its_own_film_is_not_looked_for_on_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def falls(view: HandView, borders: list[object], *, shifted: list[bool]) -> list[float]:
        return [0.05 if carried else -0.01 for carried in shifted]

    monkeypatch.setattr(segmentation, "median_falls", falls)
    found_otherwise(monkeypatch, 0.0)
    assert rows_of_disc_a(assess(patient()))["b.tif"].status is Status.ABSENT


def asked_for(monkeypatch: pytest.MonkeyPatch) -> list[np.ndarray]:
    """A film that is asked shows all its discs in the borders that lead to it; the middles of these borders."""
    middles = []

    def answer(
        views: tuple[HandView, ...], found: DepositMap, borders: list[tuple[np.ndarray, ...]], settings: object
    ) -> DepositMap:
        whole, labels, deposits = segment(views, ()), found.labels.copy(), list(found.deposits)
        for (border,) in borders:
            middles.append(border.mean(axis=0))
            for disc in whole.deposits:
                if np.linalg.norm(disc.centre - middles[-1]) < 2 and not labels[whole.labels == disc.label].any():
                    deposits.append(dataclasses.replace(disc, label=max(d.label for d in deposits) + 1, confidence=0.3))
                    labels[whole.labels == disc.label] = deposits[-1].label
        return dataclasses.replace(found, labels=labels, deposits=tuple(deposits))

    monkeypatch.setattr(segmentation, "with_asked", answer)
    return middles


def test_a_film_is_asked_for_what_another_date_shows_where_the_registration_leads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Disc A lies at (130, 62) on the first film, each later one ten rows lower; the second alone does not show it."""
    found_otherwise(monkeypatch, 0.0)
    middles = asked_for(monkeypatch)
    rows = rows_of_disc_a(assess(patient()))
    assert any(np.allclose(middle, (140, 62), atol=0.5) for middle in middles)
    assert [(rows[film].status, rows[film].note) for film in FILMS] == [(Status.MEASURED, "")] * 3
    assert area(rows["b.tif"]) == pytest.approx(12.0, rel=0.03)


def test_what_another_date_showed_says_so_until_a_reader_affirms_or_draws_it(monkeypatch: pytest.MonkeyPatch) -> None:
    found_otherwise(monkeypatch, 0.0)
    asked_for(monkeypatch)
    result = assess(patient())
    assert {(row.identity, row.film) for row in result.deposits if row.reason == ASKED} == {("L01", "b.tif")}
    drawn = SQUARE + np.array([140.0, 62.0]) - SQUARE.mean(axis=0)
    for word in (Acceptance(READER, "b.tif", "L01", "measured"), OutlineCorrection(READER, "b.tif", "L", (drawn,))):
        row = rows_of_disc_a(revise(result, word))["b.tif"]
        assert (row.status, row.reason) == (Status.MEASURED, "")


def test_a_film_without_a_way_to_it_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    World(refused="b.tif").stand_in(monkeypatch)
    found_otherwise(monkeypatch, 0.0)
    asked_for(monkeypatch)
    on_b = [row for row in assess(patient()).deposits if row.film == "b.tif" and row.identity == "L01"]
    assert [row.status for row in on_b] == [Status.NOT_ASSESSABLE]


def test_a_reader_rejects_and_redraws_what_was_asked_for_as_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    found_otherwise(monkeypatch, 0.0)
    asked_for(monkeypatch)
    result = assess(patient())
    rejected = revise(result, Rejection(READER, "b.tif", np.array([140.0, 62.0])))
    assert rows_of_disc_a(rejected)["b.tif"].status is Status.ABSENT
    drawn = SQUARE + np.array([140.0, 62.0]) - SQUARE.mean(axis=0)
    redrawn = revise(result, OutlineCorrection(READER, "b.tif", "L", (drawn,)))
    row = rows_of_disc_a(redrawn)["b.tif"]
    assert (row.origin, row.labels) == ("reviewed", rows_of_disc_a(result)["b.tif"].labels)
    assert area(row) == pytest.approx(4.0)


def test_what_was_asked_for_keeps_its_label_whatever_a_reader_does_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """What asked for it may be rejected: then no film shows it surely any more, and it is gone as well."""
    found_otherwise(monkeypatch, 0.0)
    asked_for(monkeypatch)
    result = assess(patient())
    labels = rows_of_disc_a(result)["b.tif"].labels
    flat = OutlineCorrection(READER, "b.tif", "L", (SQUARE + np.array([30.0, 60.0]),))
    assert rows_of_disc_a(revise(result, flat))["b.tif"].labels == labels
    gone = reassess(
        result,
        tuple(Rejection(READER, film, np.array([row, 62.0])) for film, row in (("a.tif", 130.0), ("c.tif", 150.0))),
    )
    assert not rows_of_disc_a(gone)
    assert not any(row.film == "b.tif" and row.labels == labels for row in gone.deposits)

"""Whole studies of readers and of repeats, on the world of one hand over three films."""

import dataclasses

import numpy as np
import pytest

from lesionmeter.agreement import compare_readers, compare_repeats
from lesionmeter.agreement.loudest import loudest
from lesionmeter.model.agreement import RatedDeposit
from lesionmeter.model.findings import Call, Status
from tests.worlds import patient_world


@pytest.fixture(scope="module")
def assessment():
    return patient_world()


def statistic(study, name, group):
    return next(found for found in study.statistics if (found.name, found.group) == (name, group))


def renamed(assessment, calls=()):
    """The same outlines under other identities, as another reader's output may have them, with some other calls."""
    names = {f.identity: f"X{f.identity}" for f in assessment.deposits}
    return dataclasses.replace(
        assessment,
        deposits=tuple(dataclasses.replace(f, identity=names[f.identity]) for f in assessment.deposits),
        changes=tuple(
            dataclasses.replace(c, identity=names.get(c.identity), call=dict(calls).get(c.identity, c.call))
            for c in assessment.changes
        ),
    )


def larger(assessment, factor):
    def scaled(finding):
        if finding.measurement is None:
            return finding
        area = dataclasses.replace(finding.measurement.area, value=factor * finding.measurement.area.value)
        return dataclasses.replace(finding, measurement=dataclasses.replace(finding.measurement, area=area))

    return dataclasses.replace(assessment, deposits=tuple(map(scaled, assessment.deposits)))


def test_equal_outlines_under_other_names_are_the_same_deposits(assessment):
    study = compare_readers({"A": [assessment], "B": [renamed(assessment)]})
    measured = [f for f in assessment.deposits if f.status is Status.MEASURED]
    assert len(study.deposits) == len(measured)
    assert all(row.identities[1] == f"X{row.identities[0]}" for row in study.deposits)


def test_a_reader_who_draws_ten_percent_more_has_that_mean_ratio(assessment):
    study = compare_readers({"A": [assessment], "B": [larger(assessment, 1.1)]})
    assert statistic(study, "mean ratio", "all sizes: B / A").value == pytest.approx(1.1)


def test_equal_outlines_have_a_dice_coefficient_of_one_and_no_distance(assessment):
    study = compare_readers({"A": [assessment], "B": [renamed(assessment)]})
    assert statistic(study, "Dice coefficient", "A, B").value == 1.0
    assert statistic(study, "mean border distance", "A, B").value == 0.0


def test_what_one_reader_does_not_have_is_an_area_of_0_and_enters_no_ratio(assessment):
    film = assessment.films[0].film
    blank = {**assessment.maps, film: dataclasses.replace(assessment.maps[film], labels=np.zeros((1, 1), np.uint16))}
    blank[film] = dataclasses.replace(blank[film], labels=np.zeros_like(assessment.maps[film].labels))
    without = dataclasses.replace(
        assessment, maps=blank, deposits=tuple(f for f in assessment.deposits if f.film != film)
    )
    study = compare_readers({"A": [assessment], "B": [without]})
    rows = [row for row in study.deposits if row.film == film]
    assert all(row.areas[1] == 0.0 and not row.complete for row in rows)
    assert statistic(study, "deposits found by all", "all sizes").value < 100


def test_a_film_that_one_reader_could_not_assess_is_compared_by_nobody(assessment):
    lost = tuple(
        dataclasses.replace(film, status=Status.NOT_ASSESSABLE) if number == 0 else film
        for number, film in enumerate(assessment.films)
    )
    study = compare_readers({"A": [assessment], "B": [dataclasses.replace(assessment, films=lost)]})
    assert assessment.films[0].film not in {row.film for row in study.deposits}


def test_calls_are_paired_by_the_deposit_that_they_are_about(assessment):
    other = renamed(assessment, {"L01": Call.PROGRESSION})
    study = compare_readers({"A": [assessment], "B": [other]})
    unequal = {pair.where for pair in study.calls if pair.call_first is not pair.call_second}
    assert unequal == {"L L01"}


def test_repeats_take_the_films_of_a_hand_as_columns(assessment):
    study = compare_repeats([assessment])
    assert study.columns == ("repeat 1", "repeat 2", "repeat 3")
    assert {len(row.areas) for row in study.deposits} == {3}


def test_films_years_apart_are_no_repeats_without_a_remark(assessment):
    remarks = compare_repeats([assessment]).remarks
    assert any("days apart: what changed in that time counts as error" in remark for remark in remarks)


def test_calls_of_change_between_repeats_are_counted(assessment):
    found = statistic(compare_repeats([assessment]), "called changed", "patient")
    assert (found.n, found.method) == (3, "2 of 3, Clopper-Pearson interval")


def test_one_wild_deposit_is_named_and_stays_in_the_figures():
    calm = [RatedDeposit("P1", "L", "2 PIP", "", (f"L0{n}",) * 2, (10.0, 10.1 + 0.01 * n), "mm2") for n in range(8)]
    wild = RatedDeposit("P1", "L", "2 MCP", "", ("L17",) * 2, (5.0, 10.0), "mm2")
    (remark,) = loudest([*calm, wild])
    assert remark.startswith(
        "one deposit makes most of the spread: P1 2 MCP L17, whose areas differ by a factor of 2.00"
    )
    assert not list(loudest(calm))

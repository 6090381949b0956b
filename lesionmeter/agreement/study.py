"""A study of readers, or of repeats, put together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Final

from lesionmeter.agreement.by_size import limits_between, outline_statistics, statistics_by_size
from lesionmeter.agreement.error_model import fit_repeatability
from lesionmeter.agreement.kappa import kappas
from lesionmeter.agreement.loudest import loudest
from lesionmeter.agreement.pairs_of_calls import call_pairs
from lesionmeter.agreement.rating import Reading, rated_films, rated_repeats
from lesionmeter.model.agreement import Agreement, CallPair, Limits, OutlinePair, RatedDeposit
from lesionmeter.model.findings import Assessment, Call
from lesionmeter.model.repeatability import BUILT_IN
from lesionmeter.model.statistic import Statistic
from lesionmeter.shares import proportion

LONGEST_DAYS: Final = 31
"""Repeats that lie further apart than this may have changed."""

CHANGED: Final = (Call.REGRESSION, Call.PROGRESSION, Call.RESOLVED, Call.NEW)
LEVELS: Final = ("deposit", "site", "hand", "patient")


def compare_readers(readers: Mapping[str, Sequence[Assessment]]) -> Agreement:
    """Compare readers (or automatic and reviewed results) of the same films.

    Films are the same by their checksum, and deposits by their overlap on the same film. What only one reader has is
    counted, and enters no ratio.

    Parameters
    ----------
    readers
        Each reader's assessments, by name; two readers at least.
    """
    columns = tuple(readers)
    deposits: list[RatedDeposit] = []
    outlines: list[OutlinePair] = []
    calls: list[CallPair] = []
    for patient in _patients(readers):
        films = rated_films(patient)
        deposits += [deposit for film in films for deposit in film.deposits()]
        outlines += [pair for film in films for pair in film.outlines()]
        calls += call_pairs(patient, films)
    return Agreement(
        "readers",
        columns,
        tuple(deposits),
        (*statistics_by_size(deposits, columns), *outline_statistics(outlines), *_call_statistics(calls)),
        _limits(deposits, columns),
        tuple(outlines),
        tuple(calls),
        remarks=tuple(_reader_remarks(readers, deposits)),
    )


def compare_repeats(patients: Sequence[Assessment]) -> Agreement:
    """Compare repeated films of hands in which nothing has changed; each patient's films of a hand are its repeats.

    Parameters
    ----------
    patients
        One assessment a patient.
    """
    deposits = [deposit for patient in patients for deposit in rated_repeats(Reading("", patient))]
    width = max((len(deposit.areas) for deposit in deposits), default=0)
    columns = tuple(f"repeat {number}" for number in range(1, width + 1))
    fitted = fit_repeatability(deposits, _source(deposits, width))
    return Agreement(
        "repeats",
        columns,
        tuple(deposits),
        (*statistics_by_size(deposits, columns), *_false_calls(patients)),
        _limits(deposits, columns),
        repeatability=None if isinstance(fitted, str) else fitted,
        remarks=tuple(_repeat_remarks(patients, deposits, fitted if isinstance(fitted, str) else "")),
    )


def _source(deposits: Sequence[RatedDeposit], width: int) -> str:
    patients = len({deposit.patient_id for deposit in deposits})
    complete = sum(deposit.complete for deposit in deposits)
    return f"{width} repeats of {complete} deposits of {patients} patient{'' if patients == 1 else 's'}"


def _patients(readers: Mapping[str, Sequence[Assessment]]) -> Iterator[list[Reading]]:
    """The readings of each patient by those readers who have that patient, at least two."""
    names = dict.fromkeys(assessment.patient_id for assessments in readers.values() for assessment in assessments)
    for patient in names:
        yield [
            Reading(name, next((a for a in assessments if a.patient_id == patient), _nobody(patient)))
            for name, assessments in readers.items()
        ]


def _nobody(patient: str) -> Assessment:
    return Assessment(patient, "", {}, ())


def _limits(deposits: Sequence[RatedDeposit], columns: Sequence[str]) -> tuple[Limits, ...]:
    found = (limits_between(deposits, columns, a, b) for a, b in combinations(range(len(columns)), 2))
    return tuple(limits for limits in found if limits)


def _call_statistics(calls: Sequence[CallPair]) -> Iterator[Statistic]:
    for first, second in dict.fromkeys((pair.first, pair.second) for pair in calls):
        for level in LEVELS:
            mine = [pair for pair in calls if (pair.first, pair.second, pair.level) == (first, second, level)]
            if mine:
                both = [(pair.call_first, pair.call_second) for pair in mine]
                yield from kappas(both, f"{level}: {first}, {second}")


def _false_calls(patients: Sequence[Assessment]) -> Iterator[Statistic]:
    """Calls of change where nothing changed."""
    for level in LEVELS:
        calls = [change.call for patient in patients for change in patient.changes if change.level == level]
        judged = [call for call in calls if call is not Call.NOT_ASSESSABLE]
        if judged:
            yield proportion("called changed", sum(call in CHANGED for call in judged), len(judged), level)
            yield proportion("called stable", sum(call is Call.STABLE for call in judged), len(judged), level)


def _reader_remarks(readers: Mapping[str, Sequence[Assessment]], deposits: Sequence[RatedDeposit]) -> Iterator[str]:
    if not deposits:
        yield "no film was measured by two of the outputs: films are the same by their checksum"
    yield from _only_ratios(deposits)
    yield from loudest(deposits)
    if len({_error_source(a) for assessments in readers.values() for a in assessments}) > 1:
        yield "the outputs made their calls with different errors of an area: their calls differ for that reason too"
    yield "several deposits of one patient are not independent: intervals that take them so are too narrow"


def _repeat_remarks(patients: Sequence[Assessment], deposits: Sequence[RatedDeposit], refusal: str) -> Iterator[str]:
    if not patients:
        yield "no patient: nothing to compare"
    for patient in patients:
        dates = [film.date.middle for film in patient.films if film.date]
        if dates and max(dates) - min(dates) > LONGEST_DAYS:
            yield (
                f"{patient.patient_id}: the films lie {max(dates) - min(dates):.0f} days apart: "
                "what changed in that time counts as error"
            )
    yield from loudest(deposits)
    yield "that nothing changed between the repeats is taken as given, and cannot be seen from them"
    if refusal:
        yield f"no error of one area for later calls: {refusal}"
    yield "several deposits of one film are not independent: intervals that take them so are too narrow"


def _only_ratios(deposits: Sequence[RatedDeposit]) -> Iterator[str]:
    if unscaled := sum(deposit.unit != "mm2" for deposit in deposits):
        yield f"{unscaled} deposits lie on films of unknown scale: they enter ratios, and no size class"


def _error_source(assessment: Assessment) -> str:
    evidence = assessment.settings.get("evidence") or {}
    return str((evidence.get("repeatability") or {}).get("source", BUILT_IN))

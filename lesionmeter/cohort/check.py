"""A paper's figures beside what its own counts give."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

from lesionmeter.cohort.summary import by_category, short, summarise
from lesionmeter.cohort.two_by_two import BOSCHLOO, FISHER, MID_P, compare_counts
from lesionmeter.model.cohort import Category, PatientRecord
from lesionmeter.model.published import CheckedFigure, PrintedRanks, PrintedTest, PublishedSeries
from lesionmeter.shares import clopper_pearson, percent

AGREES: Final = "agrees"
CUT_OFF: Final = "only when cut off"
DIFFERS: Final = "differs"
NOT_RECOMPUTABLE: Final = "cannot be recomputed"
NOT_PRINTED: Final = "not printed"

_GROUPS: Final = (
    ("regressed slightly", "regressed", Category.DECREASE),
    ("unchanged", "unchanged", Category.NO_CHANGE),
    ("intensified slightly", "intensified", Category.INCREASE),
)


def check_series(series: PublishedSeries) -> tuple[CheckedFigure, ...]:
    """Every figure that a series prints, beside the one that its tables give.

    Parameters
    ----------
    series
        What the paper prints.
    """
    return (*_counts(series), *_follow_up(series), *_patient_years(series), *_percentages(series), *_p_values(series))


def _counts(series: PublishedSeries) -> Iterator[CheckedFigure]:
    n = len(series.patients)
    yield from _beside(series, "patients", str(n), "patients of Table 2")
    groups = by_category(series.patients)
    for figure, _, category in _GROUPS:
        count = len(groups.get(category, ()))
        share = clopper_pearson(count, n)
        interval = f"{100 * (share.lo or 0):.1f} to {100 * (share.hi or 0):.1f} %"
        yield from _beside(series, figure, str(count), f"{percent(count, n)} % of {n}, Clopper-Pearson {interval}")


def _follow_up(series: PublishedSeries) -> Iterator[CheckedFigure]:
    years = summarise(patient.film_years for patient in series.patients)
    came = f"{short(years.mean)} ({short(years.sd)})"
    note = f"{short(years.total)} film-years / {years.n} patients"
    yield from _beside(series, "film follow-up, mean (SD), years", came, note)
    yield from _beside(series, "film follow-up, median, years", short(years.median), "")
    yield from _beside(series, "film follow-up, range, years", f"{short(years.low)}-{short(years.high)}", "")


def _patient_years(series: PublishedSeries) -> Iterator[CheckedFigure]:
    groups = by_category(series.patients)
    parts: dict[str, Sequence[PatientRecord]] = {"": series.patients}
    parts |= {f", {word}": groups.get(category, ()) for _, word, category in _GROUPS}
    for kind, of in (("film-years", "film_years"), ("treatment-years", "treatment_years")):
        for suffix, members in parts.items():
            years = summarise(getattr(patient, of) for patient in members)
            unknown = f", not known of {years.unknown}" if years.unknown else ""
            yield from _beside(series, f"{kind}{suffix}", short(years.total), f"sum over {years.n} known{unknown}")
    longer = [p.patient_id for p in series.patients if (p.film_years or 0) > (p.treatment_years or math.inf)]
    yield CheckedFigure("films over a longer time than treatment", "", f"patients {', '.join(longer)}", NOT_PRINTED)


def _percentages(series: PublishedSeries) -> Iterator[CheckedFigure]:
    whole = [row for row in series.counts if "." not in row.printed]
    rounded = sum(row.printed == percent(row.count, row.n) for row in whole)
    cut = sum(int(row.printed) == 100 * row.count // row.n for row in whole)
    came = f"{rounded} of {len(whole)} by rounding, {cut} by cutting off"
    note = "whole percentages of Table 1; no one rule gives all of them" if max(rounded, cut) < len(whole) else ""
    yield CheckedFigure("percentages of Table 1", "mixed", came, DIFFERS if note else AGREES, note)


def _p_values(series: PublishedSeries) -> Iterator[CheckedFigure]:
    for test in series.tests:
        yield _checked_test(test)
    for ranks in series.ranks:
        yield _checked_ranks(ranks)


def _checked_test(test: PrintedTest) -> CheckedFigure:
    p_values = compare_counts(test.table).p_values
    verdict = printed_as(test.printed, p_values[FISHER])
    others = "; ".join(f"{name} {p_values[name]:.4f}" for name in (MID_P, BOSCHLOO))
    (a, b), (c, d) = test.table
    note = f"{FISHER}, {a}/{a + b} against {c}/{c + d} ({test.provenance})"
    return CheckedFigure(
        f"p, {test.item}",
        f"{test.printed} ({test.test})",
        f"{p_values[FISHER]:.4f}",
        verdict,
        note if verdict == AGREES else f"{note}; {others}",
    )


def _checked_ranks(ranks: PrintedRanks) -> CheckedFigure:
    (m1, s1), (m2, s2) = ranks.mean_sd
    printed = f"{short(m1)} ({short(s1)}) against {short(m2)} ({short(s2)})"
    note = f"needs the ranks of all patients; printed are means (SD) only: {printed}"
    return CheckedFigure(f"p, {ranks.item}", f"{ranks.printed} ({ranks.test})", "", NOT_RECOMPUTABLE, note)


def printed_as(printed: str, value: float) -> str:
    """Whether a value, with as many digits as are printed, is the printed one: rounded, or only when cut off.

    Examples
    --------
    >>> printed_as("0.003", 0.00316), printed_as("0.048", 0.04891), printed_as("0.04", 0.0706)
    ('agrees', 'only when cut off', 'differs')
    """
    decimals = len(printed.partition(".")[2])
    if math.isclose(round(value, decimals), float(printed), abs_tol=1e-12):
        return AGREES
    cut = math.floor(value * 10**decimals + 1e-9) / 10**decimals
    return CUT_OFF if math.isclose(cut, float(printed), abs_tol=1e-12) else DIFFERS


def _beside(series: PublishedSeries, figure: str, counts: str, note: str) -> Iterator[CheckedFigure]:
    printed = [statement for statement in series.statements if statement.figure == figure]
    for statement in printed:
        verdict = _same(statement.printed, counts)
        yield CheckedFigure(figure, f"{statement.printed} ({statement.where})", counts, verdict, note)
    if not printed:
        yield CheckedFigure(figure, "", counts, NOT_PRINTED, note)


def _same(printed: str, counts: str) -> str:
    """Whether printed figures are the counted ones, each to its printed digits."""
    pairs = list(zip(_numbers(printed), _numbers(counts), strict=True))
    verdicts = {printed_as(shown, float(came)) for shown, came in pairs}
    return next(verdict for verdict in (DIFFERS, CUT_OFF, AGREES) if verdict in verdicts)


def _numbers(text: str) -> list[str]:
    return text.replace("(", " ").replace(")", " ").replace("-", " ").split()

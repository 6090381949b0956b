"""Agreement, and a published case, as rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lesionmeter.model.agreement import Agreement, CallPair, OutlinePair
from lesionmeter.model.statistic import Statistic
from lesionmeter.report.comparison.rows import ComparedFinding
from lesionmeter.report.tables.frames import Row


def statistic_row(found: Statistic) -> Row:
    """One row a figure."""
    estimate = found.estimate
    ends: Row = {} if estimate is None else {"value": estimate.value, "lo": estimate.lo, "hi": estimate.hi}
    return vars(found) | ends


def reading_rows(study: Agreement) -> Iterator[Row]:
    """One row a deposit of each reader or repeat."""
    for number, deposit in enumerate(study.deposits, 1):
        for column, identity, area in zip(study.columns, deposit.identities, deposit.areas, strict=False):
            yield {
                "patient_id": deposit.patient_id,
                "film": deposit.film,
                "hand": deposit.laterality,
                "site": deposit.site,
                "match": number,
                "column": column,
                "deposit": identity,
                "area": area,
                "unit": deposit.unit,
                "size_class": deposit.size_class,
            }


def outline_rows(outlines: Iterable[OutlinePair]) -> Iterator[Row]:
    """One row for every two outlines of one deposit."""
    return (vars(pair) for pair in outlines)


def call_rows(calls: Iterable[CallPair]) -> Iterator[Row]:
    """One row for every two calls of one change."""
    return (vars(pair) for pair in calls)


def compared_rows(findings: Iterable[ComparedFinding]) -> Iterator[Row]:
    """One row a reported finding beside the program's call."""
    for finding in findings:
        said, change = finding.reported, finding.change
        row: Row = {
            "hand": said.laterality,
            "site": said.site,
            "aspect": said.aspect,
            "date_from": said.date_from,
            "date_to": said.date_to,
            "words": said.words,
            "agrees": "yes" if finding.agrees else "no",
        }
        if change is not None:
            row |= {"change_pct": change.percent, "call": change.call}
            if change.unit == "mm2":
                row |= {"area_from_mm2": change.area_from, "area_to_mm2": change.area_to}
        yield row

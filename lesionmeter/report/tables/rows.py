"""An assessment as tables: one row a film, a landmark, a bone, a deposit on a film, a change.

Numbers are rounded to the digits that their column keeps; what is not known is missing and never 0. The columns'
types: text (missing is `None`), `Int64` (missing is `NA`) and `float64` (missing is `nan`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping

import pandas as pd

from lesionmeter.model.deposit import one_label_each
from lesionmeter.model.film_pair import FilmPair
from lesionmeter.model.findings import Assessment, Change, DepositFinding, Estimate, FilmFinding, Status
from lesionmeter.model.geometry import Registration
from lesionmeter.model.patient import Hand
from lesionmeter.model.site import LANDMARK_NAMES, Site
from lesionmeter.report.tables.columns import CHANGES, DEPOSITS, FILMS, LANDMARKS, PAIRS, REGISTRATION
from lesionmeter.report.tables.frames import Row, table


def films_table(assessment: Assessment) -> pd.DataFrame:
    """One row a film: where each value came from, and what became of the film."""
    return table(FILMS, (_film_row(assessment, film) for film in assessment.films))


def landmarks_table(hands: Iterable[Hand]) -> pd.DataFrame:
    """One row a landmark of a hand on a film; x is the column and y the row, in pixels."""
    return table(LANDMARKS, (row for hand in hands for row in _landmark_rows(hand)))


def registration_table(assessment: Assessment) -> pd.DataFrame:
    """One row a bone of a hand from the baseline film to another; a refused pair without bones has one row."""
    return table(REGISTRATION, (row for pair in assessment.registrations for row in _registration_rows(pair)))


def deposits_table(assessment: Assessment) -> pd.DataFrame:
    """One row a deposit on a film; areas in mm2, empty on a film of unknown scale."""
    films = {film.film: film for film in assessment.films}
    numbers = _mask_numbers(assessment)
    patient = {"patient_id": assessment.patient_id}
    return table(DEPOSITS, (patient | _deposit_row(d, films.get(d.film), numbers) for d in assessment.deposits))


def changes_table(assessment: Assessment) -> pd.DataFrame:
    """One row a pair of dates at one level; without mm2 where a film's scale is unknown, the ratios all the same."""
    return table(CHANGES, ({"patient_id": assessment.patient_id} | change_row(c) for c in assessment.changes))


def pairs_table(assessment: Assessment) -> pd.DataFrame:
    """One row two films of a hand: the negative control, and what makes them hard to compare."""
    return table(PAIRS, ({"patient_id": assessment.patient_id} | _pair_row(pair) for pair in assessment.pairs))


def tables(assessment: Assessment) -> Mapping[str, pd.DataFrame]:
    """All tables by their name."""
    return {
        "films": films_table(assessment),
        "landmarks": landmarks_table(assessment.hands),
        "registration": registration_table(assessment),
        "deposits": deposits_table(assessment),
        "changes": changes_table(assessment),
        "pairs": pairs_table(assessment),
    }


def _film_row(assessment: Assessment, film: FilmFinding) -> Row:
    rows, columns = film.shape or (None, None)
    spacing = film.spacing
    scale: Row = {} if spacing is None else {
        "spacing_mm": spacing.mean_mm,
        "spacing_source": str(spacing.source),
        "spacing_cv": spacing.cv,
        "spacing_row_mm": spacing.row_mm,
        "spacing_column_mm": spacing.column_mm,
    }  # fmt: skip
    return scale | {
        "patient_id": assessment.patient_id,
        "film": film.film,
        "sha256": film.sha256,
        "date": film.date,
        "date_source": film.date_source,
        "hands": film.hands,
        "rows": rows,
        "columns": columns,
        "bits": film.bits,
        "polarity": film.polarity,
        "status": film.status,
        "reason": film.reason,
        "polarity_source": film.polarity_source,
        "remarks": "; ".join(film.remarks),
    }


def _landmark_rows(hand: Hand) -> Iterator[Row]:
    marks = hand.landmarks
    for number, (name, (row, column), sure) in enumerate(
        zip(LANDMARK_NAMES, marks.points.tolist(), marks.confidence.tolist(), strict=True)
    ):
        yield {
            "film": hand.film,
            "hand": hand.laterality,
            "landmark": number,
            "name": name,
            "x": column,
            "y": row,
            "confidence": sure,
            "origin": marks.origin,
        }


def _registration_rows(pair: Registration) -> Iterator[Row]:
    base = {"film_from": pair.film_from, "film_to": pair.film_to, "hand": pair.laterality}
    refused = {} if pair.accepted else {"status": "refused", "reason": pair.reason}
    if not pair.motions:
        yield base | {"status": "matched", "reason": pair.reason} | refused
    for motion in pair.motions:
        yield base | {
            "bone": motion.bone,
            "correlation": motion.correlation,
            "rotation_deg": motion.rotation_deg,
            "scale": motion.scale,
            "shift_mm": motion.shift_mm,
            "status": "matched" if motion.ok else "not matched",
            "reason": motion.reason or pair.reason,
            "length_ratio": motion.length_ratio,
            "width_ratio": motion.width_ratio,
            "turn_deg": motion.turn_deg(pair.common),
            "pose": motion.pose,
            "error_mm": motion.error_mm,
        } | refused  # fmt: skip


def _mask_numbers(assessment: Assessment) -> Mapping[str, Mapping[int, int]]:
    groups: dict[str, list[tuple[int, ...]]] = {}
    for finding in assessment.deposits:
        groups.setdefault(finding.film, []).append(finding.labels)
    return {film: one_label_each(labels) for film, labels in groups.items()}


def _deposit_row(finding: DepositFinding, film: FilmFinding | None, numbers: Mapping[str, Mapping[int, int]]) -> Row:
    row, column = finding.position or (None, None)
    scaled = film is not None and film.spacing is not None
    return _site_cells(finding.site) | _area_cells(finding, scaled) | {
        "film": finding.film,
        "date": finding.date,
        "hand": finding.laterality,
        "deposit": finding.identity,
        "mask_label": numbers[finding.film][finding.labels[0]] if finding.labels else None,
        "x": column,
        "y": row,
        "bone_overlap": finding.bone_overlap,
        "status": finding.status,
        "reason": finding.reason,
        "origin": finding.origin,
        "spacing_source": str(film.spacing.source) if film and film.spacing else "",
        "event": finding.note,
        "affirmed_by": finding.review,
    }  # fmt: skip


def _area_cells(finding: DepositFinding, scaled: bool) -> Row:
    limits = {name: getattr(finding, name) for name in ("detection_limit", "quantification_limit")}
    limit = {f"{name}_mm2": value for name, value in limits.items()} if scaled else {}
    if finding.status is Status.ABSENT and scaled:
        return limit | {"area_mm2": 0.0, "area_lo_mm2": 0.0, "area_hi_mm2": finding.detection_limit}
    measured = finding.measurement
    if finding.status is not Status.MEASURED or measured is None or measured.unit != "mm2":
        return limit
    return limit | _estimate_cells("area_mm2", "area_lo_mm2", "area_hi_mm2", measured.area)


def change_row(change: Change) -> Row:
    """The cells of a row of `changes.csv`, but for the patient."""
    return _site_cells(change.site) | _mm2_cells(change) | {
        "level": change.level,
        "hand": change.laterality,
        "deposit": change.identity,
        "date_from": change.date_from,
        "date_to": change.date_to,
        "years": change.interval.years,
        "change_pct": change.percent,
        "n_from": change.n_from,
        "n_to": change.n_to,
        "call": change.call,
        "wording": change.wording,
        "reason": change.reason,
        "years_lo": change.interval.shortest,
        "years_hi": change.interval.longest,
        "film_from": change.film_from,
        "film_to": change.film_to,
    } | _estimate_cells("log_ratio", "log_ratio_lo", "log_ratio_hi", change.log_ratio) | _estimate_cells(
        "rate_pct_per_year", "rate_lo_pct_per_year", "rate_hi_pct_per_year", change.rate
    )  # fmt: skip


def _mm2_cells(change: Change) -> Row:
    if change.unit != "mm2":
        return {}
    areas = {"area_from_mm2": change.area_from, "area_to_mm2": change.area_to}
    return areas | _estimate_cells("change_mm2", "change_lo_mm2", "change_hi_mm2", change.difference)


def _estimate_cells(value: str, lo: str, hi: str, estimate: Estimate | None) -> Row:
    return {} if estimate is None else {value: estimate.value, lo: estimate.lo, hi: estimate.hi}


def _site_cells(site: Site | None) -> Row:
    return {} if site is None else {"ray": site.ray, "site": site.name, "aspect": site.aspect}


def _pair_row(pair: FilmPair) -> Row:
    control, (first, second) = pair.control, pair.looks
    measured: Row = {"control": "not measured"} if control is None else {
        "control": "off" if control.off else "holds",
        "control_bones": control.bones,
        "control_log_ratio": control.log_ratio,
        "control_log_ratio_lo": control.low,
        "control_log_ratio_hi": control.high,
        "control_sd": control.spread,
        "control_allowed": control.allowed,
        "error_floor_pct": 100 * math.expm1(control.floor),
    }  # fmt: skip
    return measured | {
        "film_from": pair.film_from,
        "film_to": pair.film_to,
        "hand": pair.laterality,
        "date_from": pair.date_from,
        "date_to": pair.date_to,
        "contrast_from": first and first.contrast,
        "contrast_to": second and second.contrast,
        "edge_from_mm": first and first.edge_mm,
        "edge_to_mm": second and second.edge_mm,
        "reason": "; ".join(filter(None, (pair.reason, *pair.flags))),
    }

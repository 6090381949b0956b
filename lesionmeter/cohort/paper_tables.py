"""Two tables as papers print them: findings with n/N and percent, and patient by patient."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from lesionmeter.model.cohort import PatientRecord
from lesionmeter.model.published import CountedItem, FollowedPatient, PrintedCount
from lesionmeter.shares import clopper_pearson, percent

YES: Final = frozenset({"1", "+", "yes", "y", "true", "positive", "pos", "present"})
NO: Final = frozenset({"0", "-", "no", "n", "false", "negative", "neg", "absent"})


def findings_table(patients: Sequence[PatientRecord]) -> tuple[CountedItem, ...]:
    """Every yes-or-no column of `patients.csv`, then surgery and skin loss: how many of those in whom it is known.

    Parameters
    ----------
    patients
        Of the study. A column enters if every cell that is not empty says yes or no; an empty cell is not known.
    """
    columns = dict.fromkeys(column for patient in patients for column in patient.clinical.others)
    stated = {column: [_answer(patient.clinical.others.get(column, "")) for patient in patients] for column in columns}
    events = {
        "surgery": [_any(patient.clinical.surgery) for patient in patients],
        "ulcer or extrusion": [_any(patient.clinical.skin_loss) for patient in patients],
    }
    answers = {item: cells for item, cells in (stated | events).items() if "other" not in cells}
    return tuple(_counted(item, cells) for item, cells in answers.items() if any(cell for cell in cells))


def printed_findings(counts: Iterable[PrintedCount]) -> tuple[CountedItem, ...]:
    """A paper's own counts in the same form, each with the percentage as it printed it."""
    return tuple(
        CountedItem(c.item, c.count, c.n, percent(c.count, c.n), clopper_pearson(c.count, c.n), c.printed)
        for c in counts
    )


def follow_up_table(patients: Sequence[PatientRecord]) -> tuple[FollowedPatient, ...]:
    """One line a patient: years on treatment, years of films, and the change in words."""
    return tuple(
        FollowedPatient(p.patient_id, p.treatment_years, p.film_years, p.overlap_years, p.category.value, p.wording)
        for p in patients
    )


def _counted(item: str, cells: Sequence[str]) -> CountedItem:
    known = [cell for cell in cells if cell]
    count, n = known.count("yes"), len(known)
    return CountedItem(item, count, n, percent(count, n), clopper_pearson(count, n))


def _answer(cell: str) -> str:
    """`yes`, `no`, nothing, or `other`."""
    word = cell.strip().lower()
    return "yes" if word in YES else "no" if word in NO else "other" if word else ""


def _any(events: Sequence[object] | None) -> str:
    return "" if events is None else "yes" if events else "no"

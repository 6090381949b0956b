"""What speaks against trusting a change."""

from __future__ import annotations

import math
from collections.abc import Iterator

from lesionmeter.model.dates import Interval, PartialDate
from lesionmeter.model.deposit import Origin
from lesionmeter.model.film_pair import Control
from lesionmeter.model.findings import Call, DepositFinding
from lesionmeter.stages.evidence.comparison import TINY, Comparison
from lesionmeter.stages.evidence.settings import EvidenceSettings
from lesionmeter.stages.evidence.subjects import Record, Subject


def doubts(comparison: Comparison, record: Record, settings: EvidenceSettings) -> Iterator[str]:
    """What a reader should know before trusting a comparison, the most general first."""
    subject = comparison.subject
    if comparison.unit != "mm2":
        yield f"a film has no scale: ratios only, the {settings.least_mm2:g} mm2 rule does not apply"
    if Interval.between(*subject.dates).shortest <= 0:
        yield "the order of the dates is not certain"
    for date, amount in zip(subject.dates, (comparison.start, comparison.end), strict=True):
        if amount.cv_shared > settings.shared_cv:
            yield f"areas of {date} share an error of {100 * amount.cv_shared:.0f} %"
        spare = 0 if subject.laterality is None else record.spare_films[subject.laterality, date]
        if spare:
            yield f"{spare + 1} films of {date}, of which one is compared"
    yield from _missing(subject, record)
    if subject.level == "deposit":
        for pair in comparison.counted:
            for date, finding in zip(subject.dates, pair, strict=True):
                yield from _deposit_doubts(date, finding, settings)


def _missing(subject: Subject, record: Record) -> Iterator[str]:
    for date in subject.dates:
        if missing := record.missing_from(subject, date):
            yield f"seen on {date} without a clear border, and in no sum: {', '.join(p.words for p in missing)}"


def _deposit_doubts(date: PartialDate, finding: DepositFinding, settings: EvidenceSettings) -> Iterator[str]:
    if finding.measurement is None:
        return
    if (finding.bone_overlap or 0.0) > settings.over_bone:
        yield f"{100 * (finding.bone_overlap or 0.0):.0f} % over bone on {date}, where a part may be hidden"
    if len(finding.labels) > 1:
        yield f"{len(finding.labels)} parts on {date} counted as one"
    choice = finding.measurement.sd_choice / max(finding.measurement.area.value, TINY)
    if choice > settings.open_choice:
        open_by = f"{100 * choice:.0f} % of its area"
        what = "a drawn outline" if finding.origin is Origin.HINT else "a click or a drawn outline"
        yield f"how far it goes on {date} is open by {open_by}: {what} tells"
    if finding.reason:
        yield f"{date}: {finding.reason}"


def pair_doubts(comparison: Comparison, call: Call, record: Record) -> Iterator[str]:
    """What the two films themselves say against a change: the negative control, and how unlike they are.

    Parameters
    ----------
    comparison
        What was compared.
    call
        Its call.
    record
        With what is known of pairs of films.
    """
    for pair in record.pairs_of(comparison.subject):
        if pair.control is not None:
            yield from _control_doubts(comparison, call, pair.control)
        yield from (flag for flag in pair.flags if not flag.startswith("pose: "))


def _control_doubts(comparison: Comparison, call: Call, control: Control) -> Iterator[str]:
    if control.off:
        yield (
            f"the negative control is off: shafts of bones, which do not change in adults, measure {control.words}, "
            "so scale or pose differ by more than is allowed for"
        )
    changed = call in (Call.REGRESSION, Call.PROGRESSION)
    if changed and comparison.log_ratio is not None and abs(comparison.log_ratio.value) < control.floor:
        floor = 100 * math.expm1(control.floor)
        yield f"the change is within what unchanged shafts differ by on these films (up to {floor:.0f} %)"


def counted(comparison: Comparison) -> str:
    """How many of a subject's deposits entered the sum, and which did not; empty for a single deposit."""
    members = comparison.subject.members
    if comparison.subject.level == "deposit" or not comparison.counted:
        return ""
    entered = {(start.laterality, start.identity) for start, _ in comparison.counted}
    left_out = [identity for hand, identity in (m.key for m in members) if (hand, identity) not in entered]
    without = f", without {', '.join(left_out)}" if left_out else ""
    return f"sum of {len(entered)} of {len(members)} deposits assessable on both dates{without}"

"""All changes of a patient: every level, every pair of dates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lesionmeter.model.dates import Interval
from lesionmeter.model.film_pair import FilmPair
from lesionmeter.model.findings import BEWARE, Call, Change, DepositFinding, UnclearPlace
from lesionmeter.model.repeatability import BUILT_IN
from lesionmeter.stages.evidence.calls import Adjusted, Verdict, decide
from lesionmeter.stages.evidence.comparison import Comparison, comparison, hindrance
from lesionmeter.stages.evidence.doubts import counted, doubts, pair_doubts
from lesionmeter.stages.evidence.holm import holm
from lesionmeter.stages.evidence.rates import yearly_rate
from lesionmeter.stages.evidence.settings import EvidenceSettings
from lesionmeter.stages.evidence.subjects import LEVELS, Dates, Key, Record
from lesionmeter.stages.evidence.wording import wording

DEFAULTS = EvidenceSettings()


def compare(
    findings: tuple[DepositFinding, ...],
    settings: EvidenceSettings = DEFAULTS,
    pairs: tuple[FilmPair, ...] = (),
    unclear: tuple[UnclearPlace, ...] = (),
) -> tuple[Change, ...]:
    """Changes of deposits, sites, hands and the patient between every two dates.

    Sums take only deposits that are assessable on both dates. Calls are adjusted (Holm) over all subjects of a level
    between the same two dates, both hands together; the intervals are not, each covers its own change 95 times in 100.
    Of several films of a hand with one date, the one with most assessable deposits is compared. Findings without a date
    are left out.

    Parameters
    ----------
    findings
        Of one patient: each deposit on each film of its hand.
    settings
        Error of an area, and the cut-offs.
    pairs
        What is known of every two films. Their negative control says how large the error is that the films' areas
        share, and speaks against trusting a change if it is off; it never moves an area or a ratio.
    unclear
        What is seen on the films and is in no area: sums over its site and its hand are said to lack it.

    Returns
    -------
    tuple of Change
        By level (deposit, site, hand, patient), then hand, site or deposit, then dates.
    """
    record = Record(findings, pairs, unclear)
    changes = [change for dates in record.pairs() for change in _between(record, dates, settings)]
    return tuple(sorted(changes, key=_place))  # a stable sort: the dates stay in order


def _between(record: Record, dates: Dates, settings: EvidenceSettings) -> Iterator[Change]:
    calls: dict[Key, Call] = {}
    for level in LEVELS:
        compared = [comparison(subject, record, settings) for subject in record.subjects(level, dates)]
        for one, adjusted in zip(compared, _adjusted(compared), strict=True):
            verdict = decide(one, adjusted, settings)
            if level == "deposit":
                calls[one.subject.members[0].key] = verdict.call
            yield _change(one, verdict, calls, record, settings)


def _adjusted(compared: list[Comparison]) -> list[Adjusted | None]:
    p_values = [one.p_value for one in compared]
    family = holm([p for p in p_values if p is not None])
    adjusted = iter(family)
    return [None if p is None else Adjusted(next(adjusted), len(family)) for p in p_values]


def _change(
    one: Comparison, verdict: Verdict, calls: Mapping[Key, Call], record: Record, settings: EvidenceSettings
) -> Change:
    subject, known = one.subject, bool(one.counted)
    members = () if subject.level == "deposit" else tuple(calls[m.key] for m in subject.members if m.key in calls)
    area_from, area_to = _areas(one, settings)
    ratio = one.log_ratio
    films = subject.films or (None, None)
    return Change(
        subject.level,
        subject.laterality,
        subject.site,
        subject.identity,
        *subject.dates,
        Interval.between(*subject.dates),
        area_from,
        area_to,
        one.difference,
        ratio,
        one.percent,
        None if ratio is None else yearly_rate(ratio, *subject.dates, settings.least_years),
        one.start.present if known else None,
        one.end.present if known else None,
        verdict.call,
        wording(one, verdict, members),
        _reason(one, verdict, record, settings),
        unit=one.unit,
        film_from=films[0],
        film_to=films[1],
    )


def _areas(one: Comparison, settings: EvidenceSettings) -> tuple[float | None, float | None]:
    # A single deposit's area on the one date where it can be assessed is known, even if the other date's is not.
    if one.counted:
        return one.start.area, one.end.area
    if one.subject.level != "deposit":
        return None, None
    (member,) = one.subject.members
    start, end = (_area(finding, settings) for finding in (member.start, member.end))
    return start, end


def _area(finding: DepositFinding | None, settings: EvidenceSettings) -> float | None:
    if finding is None or hindrance(finding, settings):
        return None
    return finding.measurement.area.value if finding.measurement else 0.0


def _reason(one: Comparison, verdict: Verdict, record: Record, settings: EvidenceSettings) -> str:
    # What holds for both hands is said once.
    beware = "; ".join(dict.fromkeys((*doubts(one, record, settings), *pair_doubts(one, verdict.call, record))))
    source = settings.repeatability.source
    own = f"error of an area from {source}" if source != BUILT_IN and one.counted else ""
    parts = [counted(one), verdict.rule, own, f"{BEWARE}{beware}" if beware and one.counted else ""]
    return "; ".join(part for part in parts if part)


def _place(change: Change) -> tuple[int, str, int, str, int, str]:
    site = change.site if change.level == "site" else None
    where = (0, "") if site is None else (site.ray or 0, site.name)
    identity = change.identity or ""
    return (LEVELS.index(change.level), change.laterality or "", *where, len(identity), identity)

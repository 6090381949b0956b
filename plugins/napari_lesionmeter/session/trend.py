"""One deposit's areas over time, as points to draw: pure values."""

from __future__ import annotations

from dataclasses import dataclass

import lesionmeter
from napari_lesionmeter.session.open_patient import OpenPatient

DAYS_PER_YEAR = 365.25


@dataclass(frozen=True)
class TrendPoint:
    """A deposit on one film.

    Parameters
    ----------
    film, date
        The film and its date in words.
    year, years
        The middle of the date, and the first and last time that it may be; in years.
    area
        In the trend's unit, with its interval; None where nothing was measured.
    limit
        What would have been seen, where nothing was; in the trend's unit.
    words
        All of it in words.
    """

    film: str
    date: str
    year: float
    years: tuple[float, float]
    area: lesionmeter.Estimate | None
    limit: float | None
    words: str


@dataclass(frozen=True)
class Trend:
    """A deposit over time, its areas in `unit`."""

    title: str = ""
    unit: str = "mm²"
    points: tuple[TrendPoint, ...] = ()


def trend(session: OpenPatient, identity: str = "") -> Trend:
    """The deposit's areas over time; without points while the reading is blinded, or if no film has a date.

    Parameters
    ----------
    session
        The session.
    identity
        The deposit; the current one if empty.
    """
    found = session.findings(identity)
    if not found:
        return Trend()
    title = f"{found[0].identity}  {found[0].site or 'no site'}"
    if session.blinding.active:
        return Trend(title)
    areas = [row.measurement for row in found if row.measurement]
    relative = any(area.unit != "mm2" for area in areas)
    first = next((area.area.value for area in areas if area.area.value > 0), 1.0)
    share = 100 / first if relative else 1.0
    points = tuple(_point(row, share, first, relative) for row in found if row.date)
    return Trend(title, "% of the first film" if relative else "mm²", points)


def _point(row: lesionmeter.DepositFinding, share: float, first: float, relative: bool) -> TrendPoint:
    assert row.date is not None
    area = row.measurement.area if row.measurement else None
    scaled = area and lesionmeter.Estimate(area.value * share, _times(area.lo, share), _times(area.hi, share))
    seen = row.status is lesionmeter.Status.ABSENT and not relative
    words = " ".join(filter(None, lesionmeter.area_words(row, first, relative)))
    years = row.date.earliest.toordinal() / DAYS_PER_YEAR, row.date.latest.toordinal() / DAYS_PER_YEAR
    return TrendPoint(
        row.film,
        str(row.date),
        row.date.middle / DAYS_PER_YEAR,
        years,
        scaled or (lesionmeter.Estimate(0.0, None, None) if row.status is lesionmeter.Status.ABSENT else None),
        row.detection_limit if seen else None,
        f"{row.date}: {words}",
    )


def _times(end: float | None, share: float) -> float | None:
    return None if end is None else end * share

"""The yearly change of all patients together: a mixed model of log area over three dates, or why there is none."""

from __future__ import annotations

import math
import warnings
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as t_distribution
from statsmodels.regression.mixed_linear_model import MixedLM, VCSpec

from lesionmeter.model.cohort import DatedArea, PatientRecord
from lesionmeter.model.findings import Estimate, Status
from lesionmeter.model.statistic import Statistic, refused

NAME: Final = "yearly change of area"
LEAST_DATES: Final = 3
LEAST_PATIENTS: Final = 6
"""Patients with three dates or more, under which the spread between patients is not to be had."""

MOST_ABSENT: Final = 0.1
"""Share of site areas of 0, which have no logarithm: leaving out more of them would hide resolution."""


@dataclass(frozen=True)
class SiteArea:
    """Summed area of one finding site of one patient on one date."""

    patient: str
    site: str
    years: float
    area: float


@dataclass(frozen=True)
class MixedFit:
    """Log value = level + slope x time, with random patients, random sites in patients, and own slopes of patients.

    Parameters
    ----------
    level, slope
        Fixed effects, and the standard error of the slope.
    sd_patient, sd_site, sd_slope, sd_rest
        Standard deviations between patients, between sites of one patient, between patients' slopes, and of the rest.
    """

    level: float
    slope: float
    slope_se: float
    sd_patient: float
    sd_site: float
    sd_slope: float
    sd_rest: float


def yearly_change(patients: Sequence[PatientRecord]) -> tuple[Statistic, ...]:
    """The yearly change over all patients with three dates or more, in percent, with what it differs by.

    Parameters
    ----------
    patients
        Of a study; their areas in mm2.

    Returns
    -------
    tuple of Statistic
        The yearly change, then the spread between patients, between sites, between patients' own changes and of the
        rest (standard deviations of the log area). One refusal with the reason where the data do not carry it.

    Notes
    -----
    The change is that of the patients as a whole, without controls: it is no effect of a treatment. Its interval is by
    Student's t with patients - 1 degrees of freedom, for it is the patients that are sampled.

    References
    ----------
    Laird and Ware 1982, Biometrics 38:963.
    """
    rows = site_areas(patients)
    if why := _why_not(rows):
        return (refused(NAME, len({row.patient for row in rows}), why),)
    used = _with_dates(rows)
    with_area = [row for row in used if row.area > 0]
    fit = fit_mixed(with_area, [math.log(row.area) for row in with_area])
    if isinstance(fit, str):
        return (refused(NAME, len({row.patient for row in with_area}), fit),)
    return tuple(_statistics(fit, with_area, len(used) - len(with_area)))


def site_areas(patients: Sequence[PatientRecord]) -> list[SiteArea]:
    """The area of each site on each film; a film on which a deposit of the site has no area leaves that site out."""
    sums: dict[tuple[str, str, float], list[DatedArea]] = defaultdict(list)
    for patient in patients:
        for area in patient.areas:
            if area.years is not None and area.site is not None:
                sums[patient.patient_id, f"{area.laterality} {area.site.name}", area.years].append(area)
    whole = ((place, areas) for place, areas in sums.items() if all(_known(area) for area in areas))
    return [SiteArea(*place, sum(a.area.value for a in areas if a.area)) for place, areas in whole]


def _known(area: DatedArea) -> bool:
    return area.status is Status.ABSENT or area.area is not None


def _with_dates(rows: Sequence[SiteArea]) -> list[SiteArea]:
    """The rows of patients with three dates or more."""
    dates = defaultdict(set)
    for row in rows:
        dates[row.patient].add(row.years)
    return [row for row in rows if len(dates[row.patient]) >= LEAST_DATES]


def _why_not(rows: Sequence[SiteArea]) -> str:
    used = _with_dates(rows)
    patients = {row.patient for row in used}
    if len(patients) < LEAST_PATIENTS:
        return f"needs {LEAST_PATIENTS} patients with areas in mm2 on {LEAST_DATES} dates or more, came {len(patients)}"
    absent = sum(row.area == 0 for row in used)
    if absent > MOST_ABSENT * len(used):
        return f"{absent} of {len(used)} site areas are 0 and have no logarithm; left out, resolution would not count"
    if len({(row.patient, row.site) for row in used}) < len(patients) + 2:
        return "hardly any patient has two sites: patients and sites cannot be told apart"
    return ""


def fit_mixed(rows: Sequence[SiteArea], values: Sequence[float], *, own_slopes: bool = True) -> MixedFit | str:
    """Fit the mixed model by restricted maximum likelihood.

    Parameters
    ----------
    rows
        Patient, site and time of each value.
    values
        One for each row, such as log areas.
    own_slopes
        Whether each patient has a slope of its own; without, the interval of the slope is too narrow where patients
        differ in it.

    Returns
    -------
    MixedFit or str
        Or the reason why it could not be fitted.
    """
    patients = np.array([row.patient for row in rows])
    years = np.array([row.years for row in rows], dtype=np.float64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a variance of 0 is an answer here, and what failed is told below
        try:
            design = np.column_stack([np.ones_like(years), years])
            model = MixedLM(
                np.asarray(values), design, patients, np.ones((len(rows), 1)), _parts(rows, patients, years, own_slopes)
            )
            found = model.fit(reml=True, method=["lbfgs", "powell"])
        except (np.linalg.LinAlgError, ValueError) as error:
            return f"the model cannot be fitted to these areas ({error})"
    se = float(found.bse_fe[1])
    if not (found.converged and math.isfinite(se) and se > 0):
        return "the model does not settle on these areas"
    variances = dict(zip(model.exog_vc.names, np.atleast_1d(found.vcomp), strict=True))
    return MixedFit(
        float(found.fe_params[0]),
        float(found.fe_params[1]),
        se,
        math.sqrt(max(0.0, float(np.asarray(found.cov_re)[0, 0]))),
        math.sqrt(max(0.0, float(variances["site"]))),
        math.sqrt(max(0.0, float(variances.get("slope", 0.0)))),
        math.sqrt(float(found.scale)),
    )


def _parts(rows: Sequence[SiteArea], patients: NDArray[np.str_], years: NDArray[np.float64], own_slopes: bool) -> Any:
    """Sites in patients, and slopes of patients, as statsmodels wants variance components: a design a patient."""
    groups = [np.flatnonzero(patients == patient).tolist() for patient in np.unique(patients)]
    sites = []
    for group in groups:
        names = [rows[i].site for i in group]
        sites.append(np.array([[float(name == other) for other in dict.fromkeys(names)] for name in names]))
    columns = [[f"site{number}" for number in range(matrix.shape[1])] for matrix in sites]
    if not own_slopes:
        return VCSpec(["site"], [columns], [sites])
    slopes = [years[group][:, None] for group in groups]
    return VCSpec(["site", "slope"], [columns, [["slope"]] * len(groups)], [sites, slopes])


def _statistics(fit: MixedFit, rows: Sequence[SiteArea], left_out: int) -> Iterator[Statistic]:
    patients = len({row.patient for row in rows})
    half = float(t_distribution.ppf(0.975, patients - 1)) * fit.slope_se
    change = Estimate(*(100 * math.expm1(end) for end in (fit.slope, fit.slope - half, fit.slope + half)))
    method = f"mixed model of log area, random patient, site and slope, REML; {len(rows)} areas of {patients} patients"
    note = f"{left_out} areas of 0 left out" if left_out else ""
    yield Statistic(NAME, change, patients, "% per year", method, note)
    for name, sd in (
        ("spread between patients", fit.sd_patient),
        ("spread between sites of one patient", fit.sd_site),
        ("spread between patients' own yearly changes", fit.sd_slope),
        ("spread that is left", fit.sd_rest),
    ):
        yield Statistic(name, Estimate(sd, None, None), patients, "SD of log area", method)

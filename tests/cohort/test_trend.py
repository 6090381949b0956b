"""The mixed model against a published fit, and its refusals."""

import math

import pytest

from lesionmeter.cohort.trend import SiteArea, fit_mixed, site_areas, yearly_change
from lesionmeter.model.cohort import DatedArea, PatientCall, PatientRecord
from lesionmeter.model.findings import Estimate, Status
from lesionmeter.model.site import Site

# Yates 1935: yields of oats on six blocks, three varieties a block, with four amounts of nitrogen each.
OATS = {
    "Victory": "111 130 157 174 61 91 97 100 68 64 112 86 74 89 81 122 62 90 100 116 53 74 118 113",
    "Golden Rain": "117 114 161 141 70 108 126 149 60 102 89 96 64 103 132 133 80 82 94 126 89 82 86 104",
    "Marvellous": "105 140 118 156 96 124 121 144 89 129 132 124 70 89 104 117 63 70 109 99 97 99 119 121",
}


def oats():
    places = [(block, variety, dose) for variety in OATS for block in range(6) for dose in range(4)]
    rows = [SiteArea(f"block {block}", variety, 0.2 * dose, 1.0) for block, variety, dose in places]
    return rows, [float(OATS[variety].split()[4 * block + dose]) for block, variety, dose in places]


def patient(name, slope, sites=("2 PIP", "3 PIP"), dates=(0.0, 1.0, 2.0), wobble=0.05):
    """Sites of 10 mm2 at first that follow one slope, a little up and down in turn."""

    def area(number, site, years):
        log = math.log(10.0) + slope * years + wobble * (-1) ** (number + int(years)) + 0.3 * number
        return DatedArea(
            "f", None, years, "L", Site(2, site, ""), "L1", Status.MEASURED, "", Estimate(math.exp(log), 0, 0)
        )

    areas = tuple(area(number, site, years) for number, site in enumerate(sites) for years in dates)
    return PatientRecord(name, PatientCall.STABLE, areas=areas)


def cohort(slopes):
    return [patient(f"P{number}", slope) for number, slope in enumerate(slopes)]


def test_blocks_and_varieties_are_those_that_pinheiro_and_bates_print():
    # Mixed-Effects Models in S and S-PLUS 2000, fm4Oats: lme(yield ~ nitro, random = ~ 1 | Block/Variety).
    fit = fit_mixed(*oats(), own_slopes=False)
    assert (fit.level, fit.slope, fit.slope_se) == pytest.approx((81.872, 73.667, 6.7815), abs=1e-3)
    assert (fit.sd_patient, fit.sd_site, fit.sd_rest) == pytest.approx((14.506, 11.005, 12.867), abs=1e-3)


def test_patients_who_all_grow_alike_have_that_yearly_change():
    change = yearly_change(cohort([math.log(1.1)] * 8))[0]
    assert change.value == pytest.approx(10.0, abs=0.5)
    assert change.n == 8


def test_patients_who_differ_in_their_change_widen_its_interval():
    alike = yearly_change(cohort([0.1] * 8))[0].estimate
    unlike = yearly_change(cohort([0.1 + spread for spread in (-0.3, -0.2, -0.1, 0.0, 0.0, 0.1, 0.2, 0.3)]))[0].estimate
    assert unlike.hi - unlike.lo > 2 * (alike.hi - alike.lo)


def test_five_patients_are_too_few():
    (refusal,) = yearly_change(cohort([0.1] * 5))
    assert (refusal.estimate, refusal.reason) == (None, "needs 6 patients with areas in mm2 on 3 dates or more, came 5")


def test_two_dates_do_not_enter():
    (refusal,) = yearly_change([patient(f"P{n}", 0.1, dates=(0.0, 1.0)) for n in range(9)])
    assert refusal.reason.endswith("came 0")


def test_many_areas_of_0_are_refused_for_they_have_no_logarithm():
    gone = DatedArea("f", None, 3.0, "L", Site(2, "4 DIP", ""), "L1", Status.ABSENT)
    patients = [PatientRecord(p.patient_id, p.call, areas=(*p.areas, gone)) for p in cohort([0.1] * 8)]
    assert yearly_change(patients)[0].reason.startswith("8 of 56 site areas are 0 and have no logarithm")


def test_single_sites_cannot_tell_sites_from_patients():
    (refusal,) = yearly_change([patient(f"P{n}", 0.1, sites=("2 PIP",)) for n in range(8)])
    assert "patients and sites cannot be told apart" in refusal.reason


def test_a_site_with_a_deposit_that_could_not_be_assessed_is_left_out_on_that_date():
    lost = DatedArea("f", None, 1.0, "L", Site(2, "2 PIP", ""), "L2", Status.NOT_ASSESSABLE, "cropped")
    whole = patient("P1", 0.1)
    rows = site_areas([PatientRecord("P1", whole.call, areas=(*whole.areas, lost))])
    assert {row.years for row in rows if row.site == "L 2 PIP"} == {0.0, 2.0}

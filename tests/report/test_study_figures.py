"""Charts of studies: what they show, in vector files with units."""

import math
import re

import pytest

from lesionmeter.agreement.limits import limits_of_areas
from lesionmeter.cohort import site_changes
from lesionmeter.model.cohort import DatedArea, PatientCall, PatientRecord
from lesionmeter.model.dates import Interval, PartialDate
from lesionmeter.model.findings import Call, Change, Estimate, Status
from lesionmeter.model.site import Site
from lesionmeter.report import figures
from lesionmeter.report.figures.hand_map import colour_of_change

DIP = Site(4, "4 DIP", "")


def change(level, log_ratio, call=Call.STABLE, site=None):
    ratio = None if log_ratio is None else Estimate(log_ratio, log_ratio - 0.2, log_ratio + 0.2)
    dates = PartialDate(1983), PartialDate(1988)
    return Change(
        level, "L", site, None, *dates, Interval(5, 4, 6), 10.0, 5.0, None, ratio, None, None, 1, 1, call, "", ""
    )  # fmt: skip


def patient(name, log_ratio, call, net_call=Call.STABLE):
    area = DatedArea("a", None, 0.0, "L", DIP, "L1", Status.MEASURED, "", Estimate(4.0, 3.0, 5.0))
    gone = DatedArea("b", None, 5.0, "L", DIP, "L1", Status.ABSENT)
    changes = (change("patient", log_ratio, net_call), change("site", log_ratio, net_call, DIP))
    return PatientRecord(name, call, areas=(area, gone), changes=changes)


@pytest.fixture(scope="module")
def patients():
    return (
        patient("rising", math.log(2), PatientCall.PROGRESSION),
        patient("falling", math.log(0.5), PatientCall.REGRESSION),
        patient("gone", None, PatientCall.RESOLVED, Call.RESOLVED),
        patient("unknown", None, PatientCall.NOT_ASSESSABLE, Call.NOT_ASSESSABLE),
    )


def words(figure):
    return re.sub(r"<[^>]+>", " ", figures.to_svg(figure))


def test_a_waterfall_runs_from_the_largest_rise_to_what_is_gone(patients):
    shown = words(figures.waterfall(patients))
    assert shown.index("rising") < shown.index("falling") < shown.index("gone")


def test_a_waterfall_counts_patients_without_a_ratio(patients):
    shown = words(figures.waterfall(patients))
    assert "1 without a ratio not shown" in shown
    assert "unknown" not in shown


def test_areas_over_time_bear_their_units_and_show_absence(patients):
    shown = words(figures.areas_over_time(patients))
    assert all(word in shown for word in ("area (mm²)", "years since the first film", "absent"))


def test_a_forest_counts_patients_and_resolution_of_each_site(patients):
    shown = words(figures.forest_of_sites(site_changes(patients)))
    assert "L 4 DIP" in shown
    assert "n = 3, 1 resolved" in shown


def test_a_site_has_the_mean_of_its_patients(patients):
    (site,) = site_changes(patients)
    assert site.mean.value == pytest.approx(0.0)
    assert site.mean.lo is None  # two patients have no interval


def test_a_hand_map_writes_how_many_patients_a_site_rests_on(patients):
    shown = words(figures.hand_map(site_changes(patients)))
    assert "left hand" in shown
    assert re.search(r"\b3\b", shown)


def test_less_is_blue_and_more_is_orange():
    less, same, more = (colour_of_change(math.log(ratio)) for ratio in (0.1, 1.0, 10.0))
    assert less[2] > less[0]
    assert more[0] > more[2]
    assert same[:3] == pytest.approx((1, 1, 1), abs=0.01)


def test_bland_altman_names_both_and_prints_the_limits():
    limits = limits_of_areas("AB", "CD", [(4.0, 4.4), (9.0, 9.0), (20.0, 19.0)])
    shown = words(figures.bland_altman(limits))
    assert all(word in shown for word in ("CD / AB", "upper limit", "area (mm², geometric mean of both)"))


def test_cumulative_probability_has_one_line_a_pair():
    pairs = [limits_of_areas("AB", name, [(4.0, 4.4), (9.0, 9.0), (20.0, 19.0)]) for name in ("CD", "EF")]
    shown = words(figures.cumulative_differences(pairs))
    assert all(
        word in shown for word in ("CD / AB (n = 3)", "EF / AB (n = 3)", "cumulative probability (% of deposits)")
    )


def test_a_chart_is_written_as_svg_and_pdf_with_the_same_bytes_each_time(patients, tmp_path):
    for name in ("one", "two"):
        figures.write_vector(figures.waterfall(patients), tmp_path / name)
    for ending in (".svg", ".pdf"):
        first, second = ((tmp_path / name).with_suffix(ending).read_bytes() for name in ("one", "two"))
        assert first == second


def test_a_study_without_patients_has_charts_all_the_same():
    for figure in (
        figures.waterfall(()),
        figures.areas_over_time(()),
        figures.forest_of_sites(()),
        figures.hand_map(()),
    ):
        assert figures.to_svg(figure).startswith("<?xml")

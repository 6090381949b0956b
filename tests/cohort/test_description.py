"""A study described, groups compared, and tables as papers print them."""

import pytest

from lesionmeter.cohort import compare_groups, describe, findings_table, follow_up_table
from lesionmeter.model.cohort import ClinicalRecord, PatientCall, PatientRecord
from lesionmeter.model.dates import Interval
from lesionmeter.shares import clopper_pearson, percent

UP, DOWN, SAME = PatientCall.PROGRESSION, PatientCall.REGRESSION, PatientCall.STABLE


def patient(call, film=None, treated=None, **columns):
    times = [None if years is None else Interval(years, years, years) for years in (film, treated)]
    return PatientRecord("P", call, "words", "", "", 3, 3, *times, clinical=ClinicalRecord(others=columns))


def by_name(statistics, group):
    return {found.name: found for found in statistics if found.group == group}


def test_clopper_pearson_of_3_of_12():
    share = clopper_pearson(3, 12)
    assert (share.lo, share.hi) == pytest.approx((0.0548606, 0.5718585), abs=1e-6)


def test_percent_has_one_rule():
    assert [percent(count, 47) for count in (7, 45, 23)] == ["15", "96", "49"]
    assert percent(1, 8) == "13"  # 12.5


def test_patients_who_could_not_be_assessed_are_counted_apart():
    found = describe([patient(UP), patient(SAME), patient(PatientCall.NOT_ASSESSABLE)])
    assert by_name(found, "increase")["patients"].method.startswith("1 of 2")
    assert by_name(found, "all patients")["patients not assessable"].method.startswith("1 of 3")


def test_an_unknown_treatment_time_is_counted_and_is_not_0():
    found = by_name(describe([patient(SAME, 2.0, 5.0), patient(SAME, 4.0)]), "no change")
    treatment = found["treatment, sum"]
    assert (treatment.value, treatment.n, treatment.reason) == (5.0, 1, "not known of 1")
    assert found["film follow-up, mean"].value == 3.0


def test_a_time_that_nobody_knows_has_no_sum():
    found = by_name(describe([patient(SAME), patient(SAME)]), "all patients")
    assert (found["treatment"].estimate, found["treatment"].reason) == (None, "not known of 2")


def test_groups_are_compared_with_the_test_named():
    patients = [patient(DOWN, 1.0, drug="a")] * 5 + [patient(UP, 2.0, drug="b")] * 5
    found = compare_groups(patients, lambda p: p.clinical.others["drug"], "drug")
    fisher = next(
        s for s in found if s.name == "decrease, p" and s.method.startswith("Fisher's exact test, two-sided;")
    )
    assert fisher.value == pytest.approx(2 / 252)
    assert fisher.group == "drug: a (5) against b (5)"


def test_one_group_is_refused_with_what_came():
    (refusal,) = compare_groups([patient(UP, drug="a")] * 3, lambda p: p.clinical.others["drug"], "drug")
    assert refusal.reason == "needs two groups of 2 patients or more, came a: 3"


def test_a_quantity_that_few_have_is_refused_and_the_rest_is_given():
    patients = [patient(DOWN, 1.0, drug="a")] * 3 + [patient(UP, 2.0, drug="b")] * 3
    found = {s.name: s for s in compare_groups(patients, lambda p: p.clinical.others["drug"], "drug")}
    assert found["change of the summed area, p"].reason == "known of 0 and 0, needs 2 each"
    assert found["film follow-up, p"].value is not None


def test_a_finding_is_counted_of_those_in_whom_it_is_known():
    patients = [patient(SAME, raynaud="yes"), patient(SAME, raynaud="no"), patient(SAME, raynaud="")]
    (line,) = findings_table(patients)
    assert (line.item, line.count, line.n, line.percent) == ("raynaud", 1, 2, "50")


def test_a_column_of_other_words_is_no_finding():
    assert findings_table([patient(SAME, centre="north"), patient(SAME, centre="yes")]) == ()


def test_a_line_of_the_table_of_patients_keeps_what_is_unknown():
    (line,) = follow_up_table([patient(UP, 6.0)])
    assert (line.film_years, line.treatment_years, line.category) == (6.0, None, "increase")

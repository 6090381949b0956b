"""Sites, hands and the patient: sums over deposits, and what enters them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lesionmeter.model.findings import Call, Estimate, UnclearPlace
from lesionmeter.model.repeatability import Repeatability
from lesionmeter.model.site import Site
from lesionmeter.stages.evidence import compare
from lesionmeter.stages.evidence.amounts import amount
from tests.stages.evidence_worlds import EXACT, absent, change, changes, seen, unknown

ULNAR = Site(2, "2 middle phalanx", "ulnar")
DIP = Site(4, "4 DIP", "midline")


def test_without_findings_there_is_no_change() -> None:
    assert compare(()) == ()
    assert compare((seen("1983", 5.0),)) == ()


def test_every_pair_of_dates_is_there_at_every_level() -> None:
    found = compare((seen("1983", 5.0), seen("1984", 5.0), seen("1988", 5.0)))
    pairs = [("1983", "1984"), ("1983", "1988"), ("1984", "1988")]
    levels = ("deposit", "site", "hand", "patient")
    assert [(c.level, str(c.date_from), str(c.date_to)) for c in found] == [(w, *p) for w in levels for p in pairs]


def test_a_site_sums_its_aspects() -> None:
    radial = (seen("1983", 5.0), seen("1988", 4.0))
    ulnar = (seen("1983", 7.0, identity="L02", site=ULNAR), seen("1988", 6.0, identity="L02", site=ULNAR))
    elsewhere = (seen("1983", 1.0, identity="L03", site=DIP), seen("1988", 1.0, identity="L03", site=DIP))
    index, ring = changes(*radial, *ulnar, *elsewhere, level="site")
    assert (index.site, index.area_from, index.area_to) == (Site(2, "2 middle phalanx", ""), 12.0, 10.0)
    assert (ring.site, ring.area_from) == (Site(4, "4 DIP", ""), 1.0)


def test_a_deposit_without_a_site_counts_in_the_hand_only() -> None:
    found = compare((seen("1983", 5.0, site=None), seen("1988", 4.0, site=None)))
    assert [c.level for c in found] == ["deposit", "hand", "patient"]


def test_sums_take_deposits_assessable_on_both_dates_and_say_how_many_of_how_many() -> None:
    found = change(
        seen("1983", 5.0), seen("1988", 4.0),
        seen("1983", 9.0, identity="L02"), unknown("1988", "cropped", identity="L02"),
        seen("1983", 3.0, identity="L03"), absent("1988", identity="L03"),
        level="hand",
    )  # fmt: skip
    assert (found.area_from, found.area_to, found.n_from, found.n_to) == (8.0, 4.0, 2, 1)
    assert found.reason.startswith("sum of 2 of 3 deposits assessable on both dates, without L02; ")


def test_a_hand_of_which_nothing_can_be_assessed_is_empty_not_zero() -> None:
    found = change(seen("1983", 5.0), unknown("1988", "registration refused"), level="hand")
    assert (found.call, found.area_from, found.area_to) == (Call.NOT_ASSESSABLE, None, None)
    assert found.reason == "1988: registration refused"


def test_own_errors_add_as_squares_and_the_films_error_adds_straight() -> None:
    film = [seen("1983", 10.0, 0.3, cv=0.02, identity=f"L{k:02d}") for k in range(1, 5)]
    total = amount(film, Repeatability(0.0, 0.0, 0.0, 0.0, border_share=1.0))
    assert total.sd == pytest.approx((4 * 0.3**2 + (0.02 * 40) ** 2) ** 0.5)  # 1.0, where independent would be 0.72
    two_films = [replace(finding, film=f"{k % 2}.tif") for k, finding in enumerate(film)]
    assert amount(two_films, Repeatability(0.0, 0.0, 0.0, 0.0, border_share=1.0)).sd == pytest.approx(
        (0.36 + 2 * 0.4**2) ** 0.5
    )


def test_ten_deposits_taken_as_independent_would_understate_the_sum_about_twofold() -> None:
    film = [seen("1983", 10.0, 0.5, cv=0.025, identity=f"L{k:02d}") for k in range(10)]
    apart = [replace(finding, film=f"{k}.tif") for k, finding in enumerate(film)]
    exact = Repeatability(0.0, 0.0, 0.0, 0.0, border_share=1.0)
    assert amount(film, exact).sd / amount(apart, exact).sd == pytest.approx(1.7, abs=0.1)


def test_the_patients_sum_is_called_by_the_net_and_said_to_be_mixed() -> None:
    found = change(
        seen("1983", 40.0, 1.0), seen("1988", 10.0, 0.5),
        seen("1983", 5.0, 0.2, identity="R01"), seen("1988", 10.0, 0.4, identity="R01"),
        level="patient",
    )  # fmt: skip
    assert (found.call, found.area_from, found.area_to) == (Call.REGRESSION, 45.0, 20.0)
    assert found.wording == "marked decrease; mixed (1 smaller, 1 larger)"
    assert (found.laterality, found.site, found.identity, found.film_from) == (None, None, None, None)


def test_a_site_whose_deposits_are_all_gone_is_resolved() -> None:
    gone = (seen("1983", 6.0), absent("1988", 0.5), seen("1983", 0.6, identity="L02"), absent("1988", identity="L02"))
    assert change(*gone, level="site").wording == "complete resolution (not seen down to 0.5 mm2)"


def test_new_deposits_at_a_bare_site_are_new() -> None:
    came = (absent("1983"), seen("1988", 6.0), absent("1983", identity="L02"), seen("1988", 4.0, identity="L02"))
    assert change(*came, level="site").wording == "new deposits"


def test_a_hand_that_was_not_filmed_is_left_out_of_the_patients_sum_by_name() -> None:
    left = (seen("1983", 5.0), seen("1988", 4.0))
    right = (seen("1983", 9.0, identity="R01"), seen("1984", 9.0, identity="R01"))
    early, late = changes(*left, *right, level="patient")
    assert (str(early.date_to), early.area_from) == ("1984", 9.0)
    assert (str(late.date_to), late.area_from) == ("1988", 5.0)
    assert late.reason.startswith("sum of 1 of 2 deposits assessable on both dates, without R01")


def test_of_two_films_of_one_date_the_one_that_shows_more_is_compared() -> None:
    poor, good = unknown("1984", "cropped", film="a.tif"), seen("1984", 4.0, film="b.tif")
    found = change(seen("1983", 4.0), poor, good)
    assert (found.film_to, found.area_to) == ("b.tif", 4.0)
    assert "2 films of 1984, of which one is compared" in found.reason


def test_findings_without_a_date_are_left_out() -> None:
    assert compare((replace(seen("1983", 5.0), date=None), seen("1988", 4.0))) == ()


def test_a_film_of_poor_scale_is_named() -> None:
    found = change(seen("1983", 5.0, cv=0.08), seen("1988", 5.0, cv=0.01))
    assert "areas of 1983 share an error of 8 %" in found.reason


def test_a_sum_with_a_deposit_gone_keeps_its_limit_of_detection_in_the_interval() -> None:
    found = change(
        seen("1983", 10.0), seen("1988", 10.0), seen("1983", 4.0, identity="L02"), absent("1988", 1.0, identity="L02"),
        level="hand", settings=EXACT,
    )  # fmt: skip
    assert found.difference == Estimate(-4.0, pytest.approx(-5.0), pytest.approx(-3.0))


def test_sums_are_said_to_lack_what_is_unclear_at_their_site_on_one_of_their_films() -> None:
    rows = (seen("1983", 5.0), seen("1988", 4.0), seen("1983", 1.0, identity="L02", site=DIP),
            seen("1988", 1.0, identity="L02", site=DIP))  # fmt: skip
    lump = UnclearPlace("L_1988.tif", "L", DIP, np.zeros(2), 10.0, 80.4, "mm2")
    lacking = "seen on 1988 without a clear border, and in no sum: about 80 mm2 at 4 DIP midline"
    found = compare(rows, EXACT, unclear=(lump,))
    said = {(c.level, str(c.site)): lacking in c.reason for c in found}
    assert said == {
        ("deposit", "2 middle phalanx radial"): False, ("deposit", "4 DIP midline"): False,
        ("site", "2 middle phalanx "): False, ("site", "4 DIP "): True, ("hand", "None"): True,
        ("patient", "None"): True,
    }  # fmt: skip
    elsewhere = compare(rows, EXACT, unclear=(replace(lump, film="R_1988.tif", laterality="R"),))
    assert not any("without a clear border" in c.reason for c in elsewhere)

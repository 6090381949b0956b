"""Which deposit is which: identities over the films of a tiny hand world."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lesionmeter.model.corrections import LinkCorrection, Signature
from lesionmeter.model.dates import PartialDate
from lesionmeter.model.deposit import Deposit, DepositMap, Track
from lesionmeter.model.geometry import BoneMotion, Capsule, Registration, Spacing, SpacingSource
from lesionmeter.model.patient import Timepoint
from lesionmeter.model.radiograph import Laterality
from lesionmeter.stages.tracking import track
from lesionmeter.stages.tracking.footprint import Footprint
from lesionmeter.stages.tracking.likelihood import TrackingSettings, mismatch, probability

SPACING = Spacing(0.5, 0.5, SpacingSource.FILMS_CSV, 0.0)
SHAPE = (120, 100)
SHIFT = 10  # pixels down that the hand lies lower on every later film
READER = Signature("reader", "2026-01-01T00:00:00+00:00")


def disc(label: int, row: float, column: float, radius: float = 4.0, hint: str = "") -> Deposit:
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    ring = np.stack([row + radius * np.sin(angle), column + radius * np.cos(angle)], axis=1)
    area = float(np.pi * radius**2)
    centre = np.array([row, column])
    return Deposit(label, "L", centre, (ring,), area, 2 * np.pi * radius, 0.2, 0.2, 0.01, 0.0, 1.0, hint=hint)


def motion(film: str, *, accepted: bool = True) -> Registration:
    matrix = np.array([[1.0, 0, 0.5 * SHIFT], [0, 1, 0], [0, 0, 1]])
    capsule = Capsule(np.array([0.0, 25.0]), np.array([60.0, 25.0]), 25.0)
    bone = BoneMotion("3 metacarpal", capsule, matrix, 0.9, True)
    reason = "" if accepted else "12 of 22 bones under 0.6"
    return Registration("a", film, "L", SPACING, SPACING, (bone,), matrix, accepted, reason)


def follow(
    *films: tuple[Deposit, ...], refused: tuple[str, ...] = (), links: tuple[LinkCorrection, ...] = ()
) -> tuple[Track, ...]:
    names = [chr(ord("a") + number) for number in range(len(films))]
    timepoints = tuple(
        Timepoint(name, PartialDate(1983 + number), Laterality.LEFT) for number, name in enumerate(names)
    )
    maps = {
        name: DepositMap(name, np.zeros(SHAPE, np.uint16), deposits)
        for name, deposits in zip(names, films, strict=True)
    }
    registrations = {name: motion(name, accepted=name not in refused) for name in names[1:]}
    return track(timepoints, maps, registrations, dict.fromkeys(names, SPACING), links=links)


def labels(tracks: tuple[Track, ...]) -> dict[str, list[tuple[int, ...]]]:
    return {t.identity: [s.labels for s in t.sightings] for t in tracks}


def notes(tracks: tuple[Track, ...], identity: str = "L01") -> list[str]:
    return next([s.note for s in t.sightings] for t in tracks if t.identity == identity)


def test_deposits_are_linked_where_the_registration_carries_them_whatever_their_labels() -> None:
    tracks = follow((disc(1, 30, 30), disc(2, 80, 60)), (disc(1, 80 + SHIFT, 60), disc(2, 30 + SHIFT, 30)))
    assert labels(tracks) == {"L01": [(1,), (2,)], "L02": [(2,), (1,)]}


def test_a_hand_without_deposits_has_no_tracks() -> None:
    assert follow((), ()) == ()
    assert track((), {}, {}, {}) == ()


def test_deposits_of_the_other_hand_on_the_film_are_left_alone() -> None:
    assert follow((replace(disc(1, 30, 30), laterality="R"),), ()) == ()


def test_a_deposit_that_goes_and_comes_back_is_resolved_then_reappeared() -> None:
    tracks = follow((disc(1, 30, 30),), (), (disc(5, 30 + SHIFT, 30),))
    assert labels(tracks) == {"L01": [(1,), (), (5,)]}
    assert notes(tracks) == ["", "resolved", "reappeared"]


def test_a_deposit_first_seen_later_is_new_and_linked_from_then_on() -> None:
    tracks = follow((), (disc(1, 50, 50),), (disc(3, 50, 50),))
    assert labels(tracks) == {"L101": [(), (1,), (3,)]}
    assert notes(tracks, "L101") == ["", "new", ""]


def test_where_it_is_absent_its_place_is_carried_from_the_nearest_film() -> None:
    (only,) = follow((), (disc(1, 50, 50),), ())
    assert only.sightings[0].position == pytest.approx((50 - SHIFT, 50), abs=0.01)
    assert only.sightings[2].position == pytest.approx((50, 50), abs=0.01)


def test_a_place_off_the_film_is_not_assessable() -> None:
    (only,) = follow((disc(1, SHAPE[0] - 6, 30),), ())
    gone = only.sightings[1]
    assert (gone.assessable, gone.note, gone.reason) == (False, "", "its place lies off the film")
    assert gone.position is None


def test_a_refused_film_says_nothing_of_the_others_and_its_own_stay_apart() -> None:
    tracks = follow((disc(1, 30, 30),), (disc(1, 30 + SHIFT, 30),), refused=("b",))
    assert labels(tracks) == {"L01": [(1,), ()], "L101": [(), (1,)]}
    assert [s.assessable for s in tracks[0].sightings] == [True, False]
    assert "registration of b refused (12 of 22 bones under 0.6)" in tracks[0].sightings[1].reason
    assert tracks[1].sightings[0].reason == "seen only on b, which is not registered"
    assert tracks[1].sightings[1].reason.startswith("not linked to the other films")
    assert notes(tracks) == ["", ""]


def test_a_film_that_is_refused_between_two_others_makes_no_event() -> None:
    tracks = follow((disc(1, 30, 30),), (), (disc(1, 30 + SHIFT, 30),), refused=("b",))
    assert notes(tracks) == ["", "", ""]


def test_two_labels_inside_one_carried_outline_are_a_split_deposit() -> None:
    tracks = follow((disc(1, 40, 40, 8),), (disc(1, 36 + SHIFT, 40, 3), disc(2, 44 + SHIFT, 40, 3)))
    assert labels(tracks) == {"L01": [(1,), (1, 2)]}
    assert notes(tracks) == ["", "split"]


def test_two_deposits_that_grow_into_one_are_one_family_on_all_films() -> None:
    tracks = follow((disc(1, 36, 40, 3), disc(2, 44, 40, 3)), (disc(1, 40 + SHIFT, 40, 9),))
    assert labels(tracks) == {"L01": [(1, 2), (1,)]}
    assert notes(tracks) == ["", "merged"]


def test_a_neighbour_beyond_the_gate_is_another_deposit() -> None:
    tracks = follow((disc(1, 30, 30, 2),), (disc(1, 30 + SHIFT, 40, 2),))  # 5 mm off
    assert labels(tracks) == {"L01": [(1,), ()], "L101": [(), (1,)]}


def test_neighbours_keep_their_own_partners() -> None:
    tracks = follow((disc(1, 30, 30, 2), disc(2, 36, 30, 2)), (disc(1, 37 + SHIFT, 30, 2), disc(2, 31 + SHIFT, 30, 2)))
    assert labels(tracks) == {"L01": [(1,), (2,)], "L02": [(2,), (1,)]}


def test_clicks_of_one_name_are_one_deposit_wherever_they_lie() -> None:
    tracks = follow((disc(1, 30, 30, hint="D1"),), (disc(1, 80, 80, hint="D1"),), refused=("b",))
    assert labels(tracks) == {"L01": [(1,), (1,)]}
    assert tracks[0].sightings[1].probability == 1.0


def test_clicks_of_different_names_are_different_deposits() -> None:
    tracks = follow((disc(1, 30, 30, hint="D1"),), (disc(1, 30 + SHIFT, 30, hint="D2"),))
    assert labels(tracks) == {"L01": [(1,), ()], "L101": [(), (1,)]}


def test_a_correction_joins_what_lies_apart() -> None:
    link = LinkCorrection(READER, ("a", 1), ("b", 1), same=True)
    tracks = follow((disc(1, 30, 30),), (disc(1, 80, 80),), links=(link,))
    assert labels(tracks) == {"L01": [(1,), (1,)]}


def test_a_correction_parts_what_lies_together_and_the_last_word_counts() -> None:
    apart = LinkCorrection(READER, ("a", 1), ("b", 1), same=False)
    films = (disc(1, 30, 30),), (disc(1, 30 + SHIFT, 30),)
    assert labels(follow(*films, links=(apart,))) == {"L01": [(1,), ()], "L101": [(), (1,)]}
    assert labels(follow(*films, links=(apart, replace(apart, same=True)))) == {"L01": [(1,), (1,)]}


def test_a_correction_joins_two_parts_on_one_film() -> None:
    link = LinkCorrection(READER, ("b", 1), ("b", 2), same=True)
    tracks = follow((disc(1, 30, 30, 3),), (disc(1, 30 + SHIFT, 30, 3), disc(2, 60 + SHIFT, 30, 3)), links=(link,))
    assert labels(tracks) == {"L01": [(1,), (1, 2)]}


def test_a_correction_that_names_a_deposit_that_is_not_there_is_left_out() -> None:
    link = LinkCorrection(READER, ("a", 9), ("b", 1), same=True)
    assert labels(follow((disc(1, 30, 30),), (), links=(link,))) == {"L01": [(1,), ()]}


def test_a_name_is_the_label_of_the_first_outline_with_a_hundred_for_each_later_film() -> None:
    tracks = follow((disc(7, 80, 60),), (disc(3, 30, 30),), (disc(1, 20, 80), disc(2, 30, 30)))
    assert list(labels(tracks)) == ["L07", "L103", "L201"]


def test_many_labels_on_a_film_leave_the_names_apart() -> None:
    tracks = follow((disc(101, 80, 60),), (disc(1, 30, 30),))
    assert list(labels(tracks)) == ["L101", "L1001"]


def test_names_stay_when_a_film_is_added_or_a_reader_links_or_rejects_others() -> None:
    first, later = (disc(1, 20, 20), disc(2, 50, 50), disc(3, 80, 80)), (disc(4, 80 + SHIFT, 80),)
    link = LinkCorrection(READER, ("a", 1), ("a", 2), same=True)
    for tracks in (follow(first, later), follow(first, later, ()), follow(first, later, links=(link,))):
        assert labels(tracks)["L03"][:2] == [(3,), (4,)]
    assert list(labels(follow(first[1:], later))) == ["L02", "L03"]


def test_a_link_is_the_surer_the_nearer_it_lies() -> None:
    (near,) = follow((disc(1, 30, 30, 2),), (disc(1, 30 + SHIFT, 30, 2),))
    (far,) = follow((disc(1, 30, 30, 2),), (disc(1, 35 + SHIFT, 30, 2),))
    assert 0.9 < near.sightings[1].probability < 1.0
    assert far.sightings[1].probability < near.sightings[1].probability
    assert near.sightings[1].reason == ""


def test_a_doubtful_link_says_so() -> None:
    (doubtful,) = follow((disc(1, 30, 30, 2),), (disc(1, 36 + SHIFT, 30, 2),))
    assert doubtful.sightings[1].reason.startswith("link to the first sighting is doubtful (p = 0.")


def test_a_perfect_match_is_right_with_twenty_to_one() -> None:
    ground = Footprint(np.array([[1.0, 1.0]]), 2.0, 0.0)
    assert mismatch(ground, ground, TrackingSettings()) == 0.0
    assert probability(0.0, TrackingSettings()) == pytest.approx(20 / 21)

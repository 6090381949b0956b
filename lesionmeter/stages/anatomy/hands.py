"""A film's hands: polarity, one hand or two, side, and the reason where there is none."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lesionmeter.model.geometry import Points
from lesionmeter.model.patient import FilmAnatomy, Hand
from lesionmeter.model.radiograph import Laterality, Polarity, Radiograph
from lesionmeter.model.site import Landmarks
from lesionmeter.stages.anatomy.fingertips import bone_seen, cut_by_film, cut_straight
from lesionmeter.stages.anatomy.joints import settle_on_film
from lesionmeter.stages.anatomy.locate import Sighting
from lesionmeter.stages.anatomy.network import landmark_network
from lesionmeter.stages.anatomy.picture import Grey, make_picture, shrink
from lesionmeter.stages.anatomy.proportions import doubtful_fingers, kept_in_proportion
from lesionmeter.stages.anatomy.search import Search, search_hands
from lesionmeter.stages.anatomy.settings import AnatomySettings


@dataclass(frozen=True, eq=False)
class _Thumbnail:
    """A film made small.

    Parameters
    ----------
    grey
        (rows, columns) from 0 to 1, as stored.
    block
        Side, in pixels of the film, of what is one pixel here.
    """

    grey: Grey
    block: int

    def bright(self, polarity: Polarity) -> Grey:
        """The same with dense tissue bright."""
        return self.grey if polarity is Polarity.NORMAL else np.float32(1) - self.grey

    def on_film(self, points: Points) -> Points:
        """Points of the thumbnail as points of the film."""
        return points * self.block + (self.block - 1) / 2


def find_hands(film: Radiograph, settings: AnatomySettings | None = None) -> FilmAnatomy:
    """The whole hands on a film, with polarity, side and 21 landmarks each.

    Parameters
    ----------
    film
        A film in any orientation, mirrored or not, negative or not. What `films.csv` says of polarity and side is
        taken.
    settings
        Thresholds of what is taken as a whole hand.

    Returns
    -------
    FilmAnatomy
        None, one or two hands, left first. A film without a whole hand has none, and the reason.
    """
    settings = settings or AnatomySettings()
    small = _Thumbnail(*shrink(film.pixels, settings.thumbnail, film.padding))
    search = search_hands(make_picture(small.grey), _known_polarity(film), settings)
    search = replace(search, hands=tuple(_settled(sighting, small) for sighting in search.hands))
    hands, reason = _sided(film, search, small)
    polarity, source = _polarity(film, search)
    remarks = _polarity_remarks(film, polarity)
    hands = tuple(replace(hand, remarks=hand.remarks + remarks) for hand in hands)
    return FilmAnatomy(film.film, polarity, source, hands, reason)


def _settled(sighting: Sighting, small: _Thumbnail) -> Sighting:
    """The sighting with joints and tips where the film shows them; the network's are coarser."""
    settled = settle_on_film(small.bright(sighting.polarity), sighting.points)
    return replace(sighting, points=kept_in_proportion(settled, sighting.points, landmark_network().template))


def _known_polarity(film: Radiograph) -> Polarity | None:
    """What a reader states is taken; what a file's header states is tested, for negatives are scanned unawares."""
    return film.polarity if film.polarity_source in ("films.csv", "reader") else None


def _polarity(film: Radiograph, search: Search) -> tuple[Polarity, str]:
    polarity = search.hands[0].polarity if search.hands else film.polarity or Polarity.NORMAL
    return polarity, film.polarity_source if polarity is film.polarity and film.polarity_source else "found"


def _sided(film: Radiograph, search: Search, small: _Thumbnail) -> tuple[tuple[Hand, ...], str]:
    """Hands with their side: what is stated wins over the thumb's place, and a disagreement is remarked."""
    stated = film.laterality if film.laterality in ("L", "R") else ""
    sides = [Laterality.RIGHT if sighting.mirrored else Laterality.LEFT for sighting in search.hands]
    if len(sides) == 2 and sides[0] is sides[1]:
        return (), f"two hands of the same side ({sides[0]}) found, expected a left and a right one"
    reason = search.reason
    if film.laterality == "LR" and len(sides) == 1:
        reason = reason or "one hand found, expected both"
    hands = [_hand(film, s, side, small) for s, side in zip(search.hands, sides, strict=True)]
    if stated and len(hands) == 1 and sides[0] != stated:
        remark = f"side {stated} is stated, but the thumb lies as on {sides[0]}: flipped film or wrong side"
        hands = [replace(hands[0], laterality=Laterality(stated), remarks=(remark, *hands[0].remarks))]
    return tuple(sorted(hands, key=lambda hand: hand.laterality)), reason


def _hand(film: Radiograph, sighting: Sighting, side: Laterality, small: _Thumbnail) -> Hand:
    bright, template = small.bright(sighting.polarity), landmark_network().template
    straight, at_edge = cut_straight(bright, sighting.points), cut_by_film(bright, sighting.points)
    cut = (
        *(f"{ray} tip: a straight edge at its end or along it; cut by a collimator" for ray in straight),
        *(f"{ray} tip: flesh at the film's edge beside it; cut by the film" for ray in at_edge if ray not in straight),
    )
    remarks = (*cut, *doubtful_fingers(sighting.points, bone_seen(bright, sighting.points), template))
    return Hand(film.film, side, Landmarks(small.on_film(sighting.points), sighting.confidence), remarks)


def _polarity_remarks(film: Radiograph, polarity: Polarity) -> tuple[str, ...]:
    if film.polarity is None or film.polarity is polarity:
        return ()
    return (f"polarity {film.polarity} is stated ({film.polarity_source}), but the film shows {polarity}",)

"""What one pass through the stages works on."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, TypeVar

from lesionmeter.model.corrections import Correction, LinkCorrection
from lesionmeter.model.patient import HandView, Patient
from lesionmeter.pipeline.progress import Teller
from lesionmeter.pipeline.settings import Settings

Result = TypeVar("Result")


@dataclass(frozen=True, eq=False)
class Work:
    """One patient's films, what a reader said of them, and what is known already.

    Parameters
    ----------
    patient
        The films.
    settings
        How each stage works.
    corrections
        A reader's, oldest first.
    memo
        Results of the stages by all that they depend on, so that a revision repeats little; it grows.
    teller
        Told what is being done.
    """

    patient: Patient
    settings: Settings
    corrections: tuple[Correction, ...]
    memo: dict[Hashable, Any]
    teller: Teller

    def once(self, key: Hashable, make: Callable[[], Result]) -> Result:
        """The result of that key, made now if it is not known yet."""
        if key not in self.memo:
            self.memo[key] = make()
        result: Result = self.memo[key]
        return result

    def said(self, kind: type[Result]) -> list[Result]:
        """The reader's corrections of one kind, oldest first."""
        return [correction for correction in self.corrections if isinstance(correction, kind)]

    def unapplied(self) -> tuple[str, ...]:
        """A remark for each correction of a film that is not there (any more)."""
        films = {film.film for film in self.patient.films}
        return tuple(
            f"a reader's {type(correction).__name__} names {film}, which is not among the films: not applied"
            for correction in self.corrections
            for film in sorted(films_named(correction) - films)
        )


def films_named(correction: Correction) -> set[str]:
    """Films that a correction is about."""
    if isinstance(correction, LinkCorrection):
        return {correction.first[0], correction.second[0]}
    return {correction.film}


def view_key(view: HandView) -> Hashable:
    """All of a view that a stage's result depends on; the pixels are named by their film."""
    spacing, hand = view.film.spacing, view.hand
    landmarks = hand.landmarks.points.tobytes(), hand.landmarks.confidence.tobytes()
    return (hand.film, hand.laterality, spacing, view.film.area_unit, view.polarity, *landmarks)

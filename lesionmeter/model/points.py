"""Points that a user wants carried from one film to the others of that hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class AskedPoint:
    """A point on a film: (row, column) pixels, its name, and whatever else the user's table says of it."""

    film: str
    name: str
    position: tuple[float, float]
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CarriedPoint:
    """Where an asked point lies on another film.

    `position` ((row, column) pixels of `film`) and `error_mm` (predicted, 95 %) are None, and `ok` is false with the
    `reason`, where the point cannot be carried. Where it is carried by a bone that was not matched, with a large
    predicted error, or off the film, it has a position and is not ok, with the reason.
    """

    asked: AskedPoint
    film: str
    position: tuple[float, float] | None
    error_mm: float | None
    ok: bool
    reason: str = ""

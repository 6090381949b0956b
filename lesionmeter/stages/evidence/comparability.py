"""What makes two films of one hand hard to compare."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from lesionmeter.model.film_pair import HandLook
from lesionmeter.model.radiograph import Technique

MOST_UNLIKE: Final = 1.5
"""Factor between the two films' contrasts, border widths or pixels from which they are flagged; a convention."""


@dataclass(frozen=True)
class Shown:
    """One film of a pair.

    Parameters
    ----------
    film
        Its name.
    technique
        How it came to be.
    pitch_mm
        Size of its pixels.
    look
        How it shows the hand; None if not known.
    """

    film: str
    technique: Technique
    pitch_mm: float
    look: HandLook | None


def unlikeness(earlier: Shown, later: Shown) -> tuple[str, ...]:
    """What differs between two films so much that their areas are hard to compare, each in a few words.

    Parameters
    ----------
    earlier, later
        The films.

    Examples
    --------
    >>> scan, digital = Technique("picture file"), Technique("digital radiograph")
    >>> unlikeness(Shown("a", scan, 0.1, None), Shown("b", digital, 0.2, None))
    ('picture file against digital radiograph', 'pixels of 0.10 mm against 0.20 mm')
    """
    return (*_technique(earlier.technique, later.technique), *_pixels(earlier, later), *_looks(earlier, later))


def _technique(first: Technique, second: Technique) -> Iterator[str]:
    for what in ("kind", "device", "processing"):
        one, other = getattr(first, what), getattr(second, what)
        if one and other and one != other:
            name = "" if what == "kind" else f"{what}: "
            yield f"{name}{one} against {other}"


def _pixels(first: Shown, second: Shown) -> Iterator[str]:
    if _unlike(first.pitch_mm, second.pitch_mm):
        yield f"pixels of {first.pitch_mm:.2f} mm against {second.pitch_mm:.2f} mm"


def _looks(first: Shown, second: Shown) -> Iterator[str]:
    if first.look is None or second.look is None:
        return
    if _unlike(first.look.contrast, second.look.contrast):
        shares = f"{100 * first.look.contrast:.0f} against {100 * second.look.contrast:.0f} %"
        yield f"exposure: bone stands over soft tissue by {shares} of its height over air"
    if _unlike(first.look.edge_mm, second.look.edge_mm):
        yield f"blur: bone borders are {first.look.edge_mm:.2f} against {second.look.edge_mm:.2f} mm wide"


def _unlike(first: float, second: float) -> bool:
    return max(first, second) > MOST_UNLIKE * min(first, second)

"""A blinded reading: dates and order are hidden until the reader signs off."""

from __future__ import annotations

import hashlib
import string
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Blinding:
    """Names and order of films that do not tell their dates.

    Parameters
    ----------
    key
        Decides the order; the same key gives the same order.
    active
        False when there is nothing to hide, or after sign-off.
    """

    key: str = ""
    active: bool = False

    def order(self, films: Sequence[str]) -> tuple[str, ...]:
        """The films in the order in which they are shown."""
        if not self.active:
            return tuple(films)
        return tuple(sorted(films, key=lambda film: hashlib.sha256(f"{self.key}/{film}".encode()).digest()))

    def name(self, film: str, films: Sequence[str], date: str) -> str:
        """What a film is called: its date, or a letter while the reading is blinded."""
        if not self.active:
            return date or film
        return f"film {_letter(self.order(films).index(film))}"


def _letter(number: int) -> str:
    letters = string.ascii_uppercase
    return letters[number] if number < len(letters) else f"{letters[number % 26]}{number // 26}"

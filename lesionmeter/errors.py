"""The few kinds of error that lesionmeter raises.

A message says what was expected, what came, from which file, and what to do about it. It names files and IDs, never a
patient. What can be a result (a film that is not assessable, a refused registration) is a value with its reason and not
an error: these are for misuse and for input that cannot be read.

Examples
--------
>>> raise FilmError("hand.tif", expected="one grey channel", came="three colour channels")
Traceback (most recent call last):
lesionmeter.errors.FilmError: hand.tif: expected one grey channel, came three colour channels
"""

from __future__ import annotations


class LesionmeterError(Exception):
    """Anything that lesionmeter refuses; its text is one line that a user can act on."""


class UsageError(LesionmeterError):
    """A command or function was called in a way that cannot be carried out."""


class StudyError(LesionmeterError):
    """A patient's folder, or a table in it, cannot be understood."""


class OutputError(LesionmeterError):
    """An output folder cannot be read or written."""


class FilmError(LesionmeterError):
    """One film cannot be read as a single grey radiograph.

    Parameters
    ----------
    film
        The file's name as the user knows it.
    expected
        What a readable film would have shown here.
    came
        What this file shows instead.
    advice
        What the user can do about it, if anything.
    """

    def __init__(self, film: str, *, expected: str, came: str, advice: str = "") -> None:
        self.film, self.expected, self.came, self.advice = film, expected, came, advice
        super().__init__(f"{film}: {self.reason}")

    @property
    def reason(self) -> str:
        """The message without the file's name, for a table row that names the file already."""
        advice = f"; {self.advice}" if self.advice else ""
        return f"expected {self.expected}, came {self.came}{advice}"


class PacsError(LesionmeterError):
    """A PACS cannot be reached or asked, or refuses; the text names the PACS, and never a patient or a token."""

"""Which folder holds the films and which one the results, whatever the user opened."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

DOCUMENT = "assessment.json"


@dataclass(frozen=True)
class Folders:
    """The folders of one patient.

    Parameters
    ----------
    films
        The films; None if the results were opened and nobody knows where their films are.
    out
        The results.
    """

    films: Path | None
    out: Path

    @property
    def journal(self) -> Path:
        """The journal: beside the results, which are replaced whole."""
        return self.out.parent / f".{self.out.name}.session" / "journal.jsonl"

    @property
    def lock(self) -> Path:
        """The lock."""
        return self.journal.with_name("lock.json")

    @property
    def measured(self) -> bool:
        """Whether there are results."""
        return (self.out / DOCUMENT).is_file()


def folders_of(path: Path, reader: str = "", blinded: bool = False) -> Folders:
    """The folders that go with a patient's folder or an output folder.

    Parameters
    ----------
    path
        What the user opened.
    reader, blinded
        A blinded reader has results of their own.
    """
    path = path.expanduser().resolve()
    if (path / DOCUMENT).is_file():
        return Folders(None, path)
    whose = f"-{_safe(reader)}" if blinded and reader else ""
    return Folders(path, path.with_name(f"{path.name}-measured{whose}"))


def _safe(name: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in name)

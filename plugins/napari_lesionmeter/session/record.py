"""What a reader said, on disk before anything else happens: journal, history and lock of one output folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import lesionmeter
from napari_lesionmeter.session.folders import Folders
from napari_lesionmeter.session.history import History, State, after, replayed
from napari_lesionmeter.session.journal import Journal, last
from napari_lesionmeter.session.lock import Lock


class Record:
    """The reader's word on one output folder.

    Parameters
    ----------
    folders
        The folders.
    reader
        Whose session this is.
    """

    def __init__(self, folders: Folders, reader: str) -> None:
        self.folders, self.reader = folders, reader
        self.lock = Lock(folders.lock)
        self.read_only = "" if self.lock.acquire(reader) else self.lock.reason
        try:
            self.journal = Journal(folders.journal)
            self.history: History = replayed(self.journal.entries)
        except BaseException:
            self.lock.release()
            raise

    @property
    def state(self) -> State:
        """What holds now."""
        return self.history.state

    def add(self, kind: str, body: Mapping[str, Any] | None = None) -> None:
        """Write down what the reader did, then let it hold.

        Raises
        ------
        lesionmeter.LesionmeterError
            If another window has the folder.
        """
        if self.read_only:
            raise lesionmeter.LesionmeterError(f"{self.folders.out}: open for reading only; {self.read_only}")
        self.history = after(self.history, self.journal.append(kind, self.reader, body))

    def adopt(self, corrections: tuple[lesionmeter.Correction, ...]) -> bool:
        """Take the corrections of the output folder, if they are not those that this journal last saved there.

        Returns
        -------
        bool
            Whether they were taken: somebody else corrected, or the journal is new.
        """
        plain = [lesionmeter.correction_to_plain(correction) for correction in corrections]
        saved = last(self.journal.entries, "saved")
        known = saved.body["corrections"] if saved else []
        if plain == known or plain == [lesionmeter.correction_to_plain(c) for c in self.state.corrections]:
            return False
        if not self.read_only:
            self.add("base", {"corrections": plain, "words": "what the folder said"})
        return True

    def said(self, kind: str) -> Mapping[str, Any]:
        """The body of the last entry of a kind; empty if there is none."""
        entry = last(self.journal.entries, kind)
        return entry.body if entry else {}

    @property
    def films_folder(self) -> Path | None:
        """Where the films were when the folder was last open."""
        known = self.said("open").get("films")
        return Path(known) if known and Path(known).is_dir() else None

    def close(self) -> None:
        """Let others have the folder."""
        self.lock.release()

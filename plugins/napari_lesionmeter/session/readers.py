"""Who reads."""

from __future__ import annotations

import lesionmeter
from napari_lesionmeter.session.open_patient import OpenPatient


def sign_as(session: OpenPatient, name: str) -> None:
    """Put this name on every correction from now on.

    Raises
    ------
    lesionmeter.LesionmeterError
        If the name is empty, or the reading is blinded: its results are one reader's own.
    """
    name = name.strip()
    if name == session.reader:
        return
    if not name:
        raise lesionmeter.LesionmeterError("expected the reader's name, came none: it stands on every correction")
    if session.blinding.active:
        raise lesionmeter.LesionmeterError(f"a blinded reading is {session.reader}'s own; open it again under {name}")
    session.reader = name
    if session.record is not None:
        session.record.reader = name

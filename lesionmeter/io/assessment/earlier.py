"""Documents of earlier schema versions, brought to today's: a reader's work outlives the version it was done with."""

from __future__ import annotations

from typing import Any

from lesionmeter.model.geometry import even_doubt

Plain = dict[str, Any]


def brought_up(body: Plain) -> Plain:
    """The document with what has changed its form since; what an earlier version lacks has its default.

    Until version 2 a bone's motion had one `error_mm`; since version 3 it has a `doubt`, from which the error at any
    place follows. The old error becomes a doubt that is the same everywhere. Until version 4 the settings named a
    largest radius, which nothing asked for.
    """
    registrations = [_registration(registration) for registration in body.get("registrations", [])]
    return {**body, "registrations": registrations, "settings": _settings(body.get("settings", {}))}


def _settings(plain: Plain) -> Plain:
    kept = {name: value for name, value in plain.get("segmentation", {}).items() if name != "largest_mm"}
    return {**plain, "segmentation": kept} if "segmentation" in plain else plain


def _registration(plain: Plain) -> Plain:
    return {**plain, "motions": [_motion(motion) for motion in plain.get("motions", [])]}


def _motion(plain: Plain) -> Plain:
    if "error_mm" not in plain:
        return plain
    kept = {name: value for name, value in plain.items() if name != "error_mm"}
    return {**kept, "doubt": even_doubt(float(plain["error_mm"])).tolist()}

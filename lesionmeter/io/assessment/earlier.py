"""Documents of earlier schema versions, brought to today's: a reader's work outlives the version it was done with."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from lesionmeter.io.assessment.codec import decode
from lesionmeter.model.geometry import even_doubt

Plain = dict[str, Any]


def brought_up(body: Plain) -> Plain:
    """The document with what has changed its form since; what an earlier version lacks has its default.

    Until version 2 a bone's motion had one `error_mm`; since version 3 it has a `doubt`, from which the error at any
    place follows. The old error becomes a doubt that is the same everywhere. Until version 4 the settings named a
    largest radius, which nothing asked for. What is damaged stays as it is: decoding tells what is wrong with it.
    """
    motions = partial(_with, "motions", partial(_each, _motion))
    registrations = partial(_with, "registrations", partial(_each, motions))
    settings = partial(_with, "settings", partial(_with, "segmentation", _segmentation))
    brought: Plain = settings(registrations(body))
    return brought


def _with(name: str, change: Callable[[Any], Any], plain: Any) -> Any:
    """A record with one of its members changed, if it has that."""
    return {**plain, name: change(plain[name])} if isinstance(plain, dict) and name in plain else plain


def _each(change: Callable[[Any], Any], plain: Any) -> Any:
    return [change(item) for item in plain] if isinstance(plain, list) else plain


def _motion(plain: Any) -> Any:
    if not isinstance(plain, dict) or "error_mm" not in plain:
        return plain
    error: float = decode(plain["error_mm"], float, "error_mm")
    return _without("error_mm", plain) | {"doubt": even_doubt(error).tolist()}


def _segmentation(plain: Any) -> Any:
    return _without("largest_mm", plain) if isinstance(plain, dict) else plain


def _without(name: str, plain: Plain) -> Plain:
    return {key: value for key, value in plain.items() if key != name}

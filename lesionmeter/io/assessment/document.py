"""The text of `assessment.json`: an assessment but for its pixels, with a versioned schema."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lesionmeter.errors import OutputError
from lesionmeter.io.assessment.codec import DamagedError, decode, encode
from lesionmeter.io.assessment.earlier import brought_up
from lesionmeter.model.corrections import Correction
from lesionmeter.model.deposit import one_label_each
from lesionmeter.model.findings import Assessment

SCHEMA: Final = "lesionmeter assessment"
SCHEMA_VERSION: Final = 6
"""Raised when a file of this version could not be read by the one before.

2: films' corrections and acceptances. 3: the predicted error of a bone varies over it.
4: pairs of films, with their negative control. 5: what the choice of an outline leaves open.
6: where something large is seen that is in no area.
"""

READABLE: Final = (1, 2, 3, 4, 5, 6)
"""Versions that can be read; `earlier` brings them up."""

COORDINATES: Final = (
    "points are [x, y] = [column, row] of the named film, pixel centres at whole numbers; "
    "matrices take (x, y, 1) to (x, y, 1) in mm from the first pixel's centre"
)
NOT_KEPT: Final = ("patient", "memo")
"""What is at hand only while the films are."""

Labels = NDArray[np.uint16]


def to_text(assessment: Assessment) -> str:
    """The assessment as JSON: no pixels, and the label maps only by what their masks do not show."""
    blank = {film: replace(found, labels=np.zeros((0, 0), np.uint16)) for film, found in assessment.maps.items()}
    body = encode(replace(assessment, maps=blank, patient=None, memo={}))
    for name in NOT_KEPT:
        del body[name]
    for film, found in assessment.maps.items():
        body["maps"][film]["labels"] = {"shape": list(found.labels.shape)}
    joined = {film: _joined(assessment, film) for film in assessment.maps}
    head = {"schema": SCHEMA, "schema_version": SCHEMA_VERSION, "coordinates": COORDINATES}
    tail = {"joined_in_mask": {film: runs for film, runs in joined.items() if runs}}
    return json.dumps(head | body | tail, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def from_text(text: str, read_masks: Callable[[Collection[str]], Mapping[str, Labels]]) -> Assessment:
    """The assessment that a JSON text and the films' masks hold.

    Parameters
    ----------
    text
        What `to_text` wrote.
    read_masks
        Gives the masks of the films that it is called with.

    Raises
    ------
    DamagedError
        If the text is no such document, is of another schema version, or does not fit the masks.
    """
    body = _checked(text)
    joined = decode(body.pop("joined_in_mask", {}), Mapping[str, Mapping[str, tuple[int, ...]]], "joined_in_mask")
    assessment: Assessment = decode(body, Assessment, "assessment")
    masks = read_masks(assessment.maps)
    for film, found in assessment.maps.items():
        if found.labels.shape != masks[film].shape:
            raise DamagedError(f"{film}: expected a mask of {found.labels.shape} pixels, came {masks[film].shape}")
    maps = {f: replace(m, labels=restored(masks[f], joined.get(f, {}))) for f, m in assessment.maps.items()}
    return replace(assessment, maps=maps)


def correction_to_plain(correction: Correction) -> dict[str, Any]:
    """A reader's correction as plain JSON values, as `assessment.json` has it; points are [x, y].

    Examples
    --------
    >>> from lesionmeter.model.corrections import NotAssessable, Signature
    >>> cast = NotAssessable(Signature("AB", "2026-01-01T00:00:00+00:00"), "a.tif", "L01", "a cast lies over it")
    >>> correction_from_plain(correction_to_plain(cast)) == cast
    True
    """
    plain: dict[str, Any] = encode(correction, Correction)
    return plain


def correction_from_plain(values: Any) -> Correction:
    """The correction that `correction_to_plain` made these values from.

    Raises
    ------
    OutputError
        If the values are no correction.
    """
    try:
        correction: Correction = decode(values, Correction, "correction")
    except DamagedError as error:
        raise OutputError(str(error)) from error
    return correction


def mask_of(assessment: Assessment, film: str) -> Labels:
    """The film's labels with all labels of one identity made one, so that each row of deposits.csv has one.

    Returns
    -------
    ndarray
        (rows, columns) uint16 on the film's own grid; a new array.
    """
    numbers = _numbers(assessment, film)
    table = np.arange(2**16, dtype=np.uint16)
    table[list(numbers)] = list(numbers.values())
    mask: Labels = table[assessment.maps[film].labels]
    return mask


def restored(mask: Labels, joined: Mapping[str, tuple[int, ...]]) -> Labels:
    """The label map that `mask_of` made this mask from.

    Parameters
    ----------
    mask
        (rows, columns) labels.
    joined
        For each label that the mask does not show, its pixels as (first, count) runs along the rows.
    """
    labels = np.ascontiguousarray(mask, dtype=np.uint16).copy()
    flat = labels.reshape(-1)
    for label, runs in joined.items():
        for first, count in zip(runs[::2], runs[1::2], strict=True):
            flat[first : first + count] = int(label)
    return labels


def _numbers(assessment: Assessment, film: str) -> dict[int, int]:
    return one_label_each(found.labels for found in assessment.deposits if found.film == film)


def _joined(assessment: Assessment, film: str) -> dict[str, list[int]]:
    labels = assessment.maps[film].labels
    return {str(old): _runs(labels == old) for old, new in _numbers(assessment, film).items() if old != new}


def _runs(inside: NDArray[np.bool_]) -> list[int]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], inside.reshape(-1).astype(np.int8), [0]])))
    runs: list[int] = np.stack([edges[::2], edges[1::2] - edges[::2]], axis=1).reshape(-1).tolist()
    return runs


def _checked(text: str) -> dict[str, Any]:
    try:
        body = json.loads(text)
    except ValueError as error:
        raise DamagedError(f"expected JSON, came a text that breaks off or is damaged ({error})") from error
    schema = body.pop("schema", None) if isinstance(body, dict) else None
    if schema != SCHEMA:
        raise DamagedError(f"expected the schema {SCHEMA!r}, came {schema!r}")
    version = body.pop("schema_version", None)
    if version not in READABLE:
        raise DamagedError(
            f"expected schema version {SCHEMA_VERSION}, came {version!r}; use the lesionmeter that wrote it"
        )
    body.pop("coordinates", None)
    return brought_up({str(key): value for key, value in body.items()})

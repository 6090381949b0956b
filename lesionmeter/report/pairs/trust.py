"""What the predicted error of the registration means for a picture of two dates, in words."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from lesionmeter.model.findings import Assessment, DepositFinding
from lesionmeter.report.pairs.ways import Way

NOMINAL: Final = "nominal mm (scale unknown)"
"""What lengths are in where a film has no scale: those of an average adult's bones."""


def error_words(assessment: Assessment, way: Way, film: str, identities: tuple[str, ...]) -> tuple[str, ...]:
    """How far the two pictures may be shifted against each other at deposits.

    Parameters
    ----------
    assessment
        Holds the deposits.
    way
        From `film` to the other film.
    film
        The film whose grid is shown.
    identities
        The deposits shown.

    Returns
    -------
    tuple of str
        First the largest predicted error; then a warning for each deposit that is smaller than the error at it.
    """
    found = [d for d in assessment.deposits if d.identity in identities]
    here = {d.identity: d.position for d in found if d.film == film and d.position is not None}
    if not here:
        return ()
    errors = dict(zip(here, way.error_mm(np.array(list(here.values()))).tolist(), strict=True))
    mm = "mm" if all(d.measurement.unit == "mm2" for d in found if d.measurement) else NOMINAL
    words = [f"The two films may be shifted against each other here by up to {max(errors.values()):.2f} {mm} (95 %)."]
    for identity, error in errors.items():
        across = max((_across(d) for d in found if d.identity == identity), default=0.0)
        if 0 < across < error:
            words.append(
                f"{identity} is {across:.1f} {mm} across and the predicted error is {error:.1f} {mm}: where it seems "
                "to move, come or go in these pictures, the registration may be at fault."
            )
    return tuple(words)


def _across(finding: DepositFinding) -> float:
    """The diameter, in (nominal) mm, of a disc of the deposit's area; 0 where it was not measured.

    On a film of unknown scale area and error are in one nominal scale, so that one can still be held against the other.
    """
    return 2.0 * math.sqrt(finding.measurement.area.value / math.pi) if finding.measurement else 0.0

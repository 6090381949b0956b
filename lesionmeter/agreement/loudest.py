"""The one deposit that makes most of the disagreement, if there is one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

from lesionmeter.agreement.spread import within_sd
from lesionmeter.model.agreement import RatedDeposit

HALF: Final = 0.5


def loudest(deposits: Sequence[RatedDeposit]) -> Iterator[str]:
    """A remark on the deposit without which the spread would be less than half, if there is one.

    It stays in every figure: a wrong outline is an error of the measurement too. But its outlines should be looked at.

    Parameters
    ----------
    deposits
        One row a deposit.
    """
    repeats = [[math.log(area) for area in deposit.areas if area] for deposit in deposits]
    spans = [max(logs) - min(logs) if logs else 0.0 for logs in repeats]
    if not spans:
        return
    most = spans.index(max(spans))
    whole, rest = within_sd(repeats), within_sd([logs for number, logs in enumerate(repeats) if number != most])
    if whole and rest and rest.sd.value < HALF * whole.sd.value:
        deposit = deposits[most]
        name = next((identity for identity in deposit.identities if identity), "")
        where = " ".join(filter(None, (deposit.patient_id, deposit.film, deposit.site, name)))
        without, with_it = (100 * math.sqrt(math.expm1(found.sd.value**2)) for found in (rest, whole))
        yield (
            f"one deposit makes most of the spread: {where}, whose areas differ by a factor of "
            f"{math.exp(spans[most]):.2f}; without it the within-deposit CV would be {without:.2g} % instead of "
            f"{with_it:.2g} %; look at its outlines"
        )

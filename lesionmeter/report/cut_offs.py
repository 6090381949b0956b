"""The cut-offs behind an assessment's calls, as the settings that it carries say them."""

from __future__ import annotations

from dataclasses import dataclass, fields

from lesionmeter.model.findings import Assessment


@dataclass(frozen=True)
class CutOffs:
    """Settings of the calls that a page tells its reader; the usual ones, where an assessment carries no others.

    Parameters
    ----------
    least_share, least_mm2
        Least change that is called, as a share of the larger area and in mm2.
    stable_share
        An interval inside 1 - `stable_share` to 1 / (1 - `stable_share`) is called stable.
    over_bone, open_choice
        Share over bone, and share by which other outlines differ, from which a reader is warned.
    """

    least_share: float = 0.25
    least_mm2: float = 1.0
    stable_share: float = 0.2
    over_bone: float = 0.2
    open_choice: float = 0.15

    @property
    def stable(self) -> tuple[float, float]:
        """Ratios of later over earlier area between which an interval has to lie to be called stable."""
        return 1.0 - self.stable_share, 1.0 / (1.0 - self.stable_share)

    @property
    def stable_words(self) -> str:
        """The same in percent: "-20 % to +25 %"."""
        low, high = (100 * ratio - 100 for ratio in self.stable)
        return f"{low:+.0f} % to {high:+.0f} %"


def cut_offs(assessment: Assessment) -> CutOffs:
    """Those that an assessment's calls were made with."""
    carried = assessment.settings.get("evidence") or {}
    return CutOffs(**{f.name: float(carried[f.name]) for f in fields(CutOffs) if f.name in carried})

"""What happened at one finding site of the hand, over several patients or in one."""

from __future__ import annotations

from dataclasses import dataclass

from lesionmeter.model.findings import Estimate


@dataclass(frozen=True)
class SiteChange:
    """The changes of one finding site.

    Parameters
    ----------
    laterality, site
        `L` or `R`, and the site's name such as `4 DIP`.
    log_ratios
        ln(last / first area) of each patient who has one.
    mean
        Their mean with its 95 % interval (Student's t); without an interval of fewer than three, None of none.
    resolved, new
        Patients in whom all of it went, or came: these have no ratio.

    Examples
    --------
    >>> SiteChange("L", "4 DIP", (), None, resolved=1, new=0).patients
    1
    """

    laterality: str
    site: str
    log_ratios: tuple[float, ...]
    mean: Estimate | None
    resolved: int = 0
    new: int = 0

    @property
    def patients(self) -> int:
        """In how many patients something is known of it."""
        return len(self.log_ratios) + self.resolved + self.new

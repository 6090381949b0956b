"""What somebody else found on the same films, in words: a paper, a radiologist's report, another reader."""

from __future__ import annotations

from dataclasses import dataclass

from lesionmeter.model.dates import PartialDate


@dataclass(frozen=True)
class ReportedFinding:
    """What a report says of one site of a hand between two dates.

    Parameters
    ----------
    laterality
        `L` or `R`.
    site, aspect
        Name of the finding site, such as `4 DIP`; its aspect, or empty for the whole site.
    date_from, date_to
        The two dates, as the films have them.
    words
        The report's own words.
    calls
        The calls that agree with the words; empty if the report names a deposit and no change of it.
    no_deposit
        The report says that what is seen there is no deposit.

    Examples
    --------
    >>> finding = ReportedFinding(
    ...     "R", "4 DIP", "", PartialDate(1983), PartialDate(1988), "almost complete resolution", ("resolved",)
    ... )
    >>> finding.where
    'R 4 DIP'
    """

    laterality: str
    site: str
    aspect: str
    date_from: PartialDate
    date_to: PartialDate
    words: str
    calls: tuple[str, ...] = ()
    no_deposit: bool = False

    @property
    def where(self) -> str:
        """Hand, site and aspect in one phrase."""
        return " ".join(filter(None, (self.laterality, self.site, self.aspect)))

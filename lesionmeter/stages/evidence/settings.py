"""The cut-offs of the calls."""

from __future__ import annotations

from dataclasses import dataclass, field

from lesionmeter.model.repeatability import Repeatability


@dataclass(frozen=True)
class EvidenceSettings:
    """When a change is called; conventions, none of them validated against outcomes.

    Parameters
    ----------
    repeatability
        Error of one area.
    alpha
        A change is called at this error rate over all deposits (sites, hands) of one pair of dates, by Holm.
    least_share
        Least change that is called regression or progression, as a share of the larger of the two areas: a fall by
        25 %, or the rise that undoes it (33 %), so that a call does not depend on which date comes first.
    least_mm2
        Least change that is called, in mm2; not applied to films of unknown scale.
    stable_share
        An interval inside 1 - `stable_share` to 1 / (1 - `stable_share`) is called stable: -20 % to +25 %.
    quantification
        A deposit that is not seen on one film is called resolved (or new) if on the other it measures at least this
        many times the first film's limit of detection, that film's limit of quantification, and `least_mm2`. 1 trusts
        the limit to the letter: faint deposits near it then come and go.
    over_bone
        Share of a deposit over bone from which the reason warns that a part of it may be hidden.
    most_over_bone
        Share over bone from which a deposit is not assessable. 1 leaves all in: what is outlined over bone is seen
        there, which is not the same as hidden.
    open_choice
        Share of its area that other outlines of like worth, and what is seen beside its own, leave open (one standard
        deviation), from which the reason warns that a deposit's outline is not the only one.
    shared_by_control
        Whether the error that the areas of two films share is what the negative control of these films measures, where
        there is one, rather than what the films' scales claim. A claim must hold magnification that nobody knows, most
        of which is the same on both dates; bones that do not change show what is not.
    shared_cv
        Relative error of all areas of a film (scale) from which the reason warns.
    least_years
        No yearly rate is given for shorter times: a day's error would become a year's growth.
    """

    repeatability: Repeatability = field(default_factory=Repeatability)
    alpha: float = 0.05
    least_share: float = 0.25
    least_mm2: float = 1.0
    stable_share: float = 0.2
    quantification: float = 2.0
    over_bone: float = 0.2
    most_over_bone: float = 1.0
    open_choice: float = 0.15
    shared_by_control: bool = True
    shared_cv: float = 0.05
    least_years: float = 0.5

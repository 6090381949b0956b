"""How far readers agree, and how far repeats of one unchanged hand lie apart.

Examples
--------
>>> from lesionmeter.agreement import compare_repeats
>>> compare_repeats([]).remarks[0]
'no patient: nothing to compare'
"""

from lesionmeter.agreement.error_model import fit_repeatability
from lesionmeter.agreement.kappa import kappa_of_table
from lesionmeter.agreement.limits import limits_of_agreement
from lesionmeter.agreement.reliability import intraclass_correlations
from lesionmeter.agreement.spread import within_sd
from lesionmeter.agreement.study import compare_readers, compare_repeats

__all__ = [
    "compare_readers",
    "compare_repeats",
    "fit_repeatability",
    "intraclass_correlations",
    "kappa_of_table",
    "limits_of_agreement",
    "within_sd",
]

"""The statistics of a study: what papers on calcinosis print, each done with its method named.

Examples
--------
>>> from lesionmeter.cohort import compare_counts
>>> round(compare_counts(((21, 2), (15, 8))).p_values["Fisher's exact test, two-sided"], 4)
0.0706
"""

from lesionmeter.cohort.check import check_series
from lesionmeter.cohort.description import describe
from lesionmeter.cohort.groups import compare_groups
from lesionmeter.cohort.paper_tables import findings_table, follow_up_table, printed_findings
from lesionmeter.cohort.ranks import compare_ranks
from lesionmeter.cohort.records import cohort_of
from lesionmeter.cohort.sites import site_changes
from lesionmeter.cohort.summary import summarise
from lesionmeter.cohort.trend import yearly_change
from lesionmeter.cohort.two_by_two import compare_counts

__all__ = [
    "check_series",
    "cohort_of",
    "compare_counts",
    "compare_groups",
    "compare_ranks",
    "describe",
    "findings_table",
    "follow_up_table",
    "printed_findings",
    "site_changes",
    "summarise",
    "yearly_change",
]

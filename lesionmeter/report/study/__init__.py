"""Pages, tables and charts of agreement, and a published case beside the program's calls."""

from lesionmeter.report.study.agreement import write_agreement
from lesionmeter.report.study.case import write_case
from lesionmeter.report.study.words import example_text, statistic_text

__all__ = ["example_text", "statistic_text", "write_agreement", "write_case"]

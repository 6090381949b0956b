"""Pages, tables and charts of whole studies: agreement, and a paper beside its own counts."""

from lesionmeter.report.study.agreement import write_agreement
from lesionmeter.report.study.paper import Example, write_example
from lesionmeter.report.study.words import example_text, statistic_text

__all__ = ["Example", "example_text", "statistic_text", "write_agreement", "write_example"]

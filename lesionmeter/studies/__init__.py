"""Studies from output folders: read what was measured, work it out, write tables, charts and pages."""

from lesionmeter.studies.agree import agree_on
from lesionmeter.studies.example import work_out_example

__all__ = ["agree_on", "work_out_example"]

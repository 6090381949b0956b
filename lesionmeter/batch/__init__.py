"""One patient's folder measured into one output folder, and many of them, unattended."""

from lesionmeter.batch.guard import Outcome
from lesionmeter.batch.many import BatchSettings, measure_cohort, patient_folders
from lesionmeter.batch.one import incomplete, measure_patient, write_output
from lesionmeter.batch.table import Row
from lesionmeter.batch.time_left import TimeLeft

__all__ = [
    "BatchSettings",
    "Outcome",
    "Row",
    "TimeLeft",
    "incomplete",
    "measure_cohort",
    "measure_patient",
    "patient_folders",
    "write_output",
]

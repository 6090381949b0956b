"""One patient's folder measured into one output folder, and many of them, unattended."""

from lesionmeter.batch.many import BatchSettings, measure_cohort, patient_folders
from lesionmeter.batch.one import incomplete, measure_patient, write_output
from lesionmeter.batch.table import Row

__all__ = [
    "BatchSettings",
    "Row",
    "incomplete",
    "measure_cohort",
    "measure_patient",
    "patient_folders",
    "write_output",
]

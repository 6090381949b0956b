"""An output folder and the assessment in it: written whole or not at all, read back to the last digit."""

from lesionmeter.io.assessment.document import SCHEMA_VERSION, correction_from_plain, correction_to_plain
from lesionmeter.io.assessment.files import mask_path, read, save, write
from lesionmeter.io.assessment.staging import (
    AGREEMENT_OUTPUT,
    BATCH_ROW,
    COHORT_OUTPUT,
    check_target,
    is_output,
    recover,
    replacing,
)

__all__ = [
    "AGREEMENT_OUTPUT",
    "BATCH_ROW",
    "COHORT_OUTPUT",
    "SCHEMA_VERSION",
    "check_target",
    "correction_from_plain",
    "correction_to_plain",
    "is_output",
    "mask_path",
    "read",
    "recover",
    "replacing",
    "save",
    "write",
]

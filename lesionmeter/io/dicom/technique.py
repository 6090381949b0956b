"""How a DICOM film came to be: what took or scanned it, and what processing it names."""

from __future__ import annotations

from typing import Final

from pydicom.dataset import Dataset

from lesionmeter.io.dicom.header import text
from lesionmeter.model.radiograph import Technique

DIGITISED: Final = frozenset({"DF", "SD", "SI"})
"""Conversion types (0008,0064) of films that were scanned."""

SECONDARY_CAPTURE: Final = "1.2.840.10008.5.1.4.1.1.7"
"""Begin of the SOP classes of pictures made by something else than the machine."""

_DEVICE: Final = ("Manufacturer", "ManufacturerModelName")
_SCANNER: Final = ("SecondaryCaptureDeviceManufacturer", "SecondaryCaptureDeviceManufacturerModelName")
_PROCESSING: Final = ("AcquisitionDeviceProcessingDescription", "AcquisitionDeviceProcessingCode")


def technique(dataset: Dataset) -> Technique:
    """Kind, device and processing as the header states them; station names and serial numbers are not read.

    Parameters
    ----------
    dataset
        The film's elements.
    """
    scanned = text(dataset, "ConversionType") in DIGITISED
    captured = text(dataset, "SOPClassUID").startswith(SECONDARY_CAPTURE)
    kind = "digitised film" if scanned else "picture file" if captured else "digital radiograph"
    device = _joined(dataset, _SCANNER if scanned or captured else _DEVICE)
    return Technique(kind, device, _joined(dataset, _PROCESSING))


def _joined(dataset: Dataset, keywords: tuple[str, ...]) -> str:
    return " ".join(dict.fromkeys(word for keyword in keywords if (word := text(dataset, keyword))))

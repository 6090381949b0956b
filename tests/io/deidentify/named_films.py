"""A patient whose name stands everywhere: in every usual place of a DICOM header, in scans' metadata, and on the film.

Anna Example, ID EX-4711, was filmed on 18 April 1983 and on 2 May 1984. Her hand lies in the middle of each film; NAME
stands in the lower left corner.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import tifffile
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from lesionmeter.io.dicom import read_dicom
from lesionmeter.model.radiograph import Radiograph
from lesionmeter.phantom.film import letters
from lesionmeter.phantom.formats import Label, dicom_film
from lesionmeter.phantom.spec import FilmSpec
from tests.worlds import HAND, patient_world

NAME, ID, BORN = "Example^Anna", "EX-4711", "19310713"
TELLTALES: Final = (b"Example", b"EXAMPLE", b"Anna", b"EX-4711", b"19310713", b"19830418", b"1983-04-18", b"St. Nobody")
LETTERS: Final = (slice(382, 406), slice(8, 72))
SIGNED: Final = b"films of Example, Anna, EX-4711, 1983-04-18"


def hands(film: Radiograph) -> tuple[np.ndarray, ...]:
    """Who finds the hands, for tests: the one that is there."""
    del film
    return (HAND,)


def pixels(with_letters: bool = True) -> np.ndarray:
    """A 12 bit film of the hand, with NAME in its corner."""
    plain = patient_world().patient.films[0].pixels.astype(np.uint16) * 16
    if with_letters:
        area = plain[LETTERS]
        area[letters("NAME", area.shape) > 0.5] = 3900
    return plain


def named_dicom(date: str = "1983-04-18", number: int = 0) -> Dataset:
    """A CR film with her name, ID, dates and UIDs wherever such things stand."""
    film = dicom_film(pixels(), Label(ID, FilmSpec(date, "L", "cr", 0.5, bits=12), number, seed=3))
    film.PatientName, film.PatientBirthDate, film.PatientAge = NAME, BORN, "051Y"
    film.OtherPatientIDs, film.AccessionNumber, film.StudyID = "EX-4711-B", "A-EX-4711", "EX4711"
    film.InstitutionName, film.ReferringPhysicianName = "St. Nobody", "Nobody^Doctor"
    film.StudyDescription, film.PatientComments = "Hand of Anna Example", "see EX-4711"
    film.AcquisitionDateTime = film.AcquisitionDate + "103000"
    film.FilterType, film.DeviceDescription = "EXAMPLE", "x"  # texts that the profile lets stay
    request = Dataset()
    request.RequestedProcedureDescription, request.ScheduledProcedureStepStartDate = "for Anna Example", film.StudyDate
    deeper = Dataset()
    deeper.PersonName, deeper.ReferencedSOPInstanceUID = NAME, film.SOPInstanceUID
    deeper.ReferencedSOPClassUID = film.SOPClassUID
    request.ReferencedStudySequence = Sequence([deeper])
    film.RequestAttributesSequence = Sequence([request])
    film.SourceImageSequence = Sequence([deeper])
    film.private_block(0x0009, "LOCAL", create=True).add_new(1, "LO", "Example, Anna")
    film.add_new(0x60003000, "OW", b"Example, Anna\0")
    film.add_new(0x60000022, "LO", "Anna Example")
    return film


def write_named_patient(folder: Path) -> Path:
    """Both dates as DICOM, with her name in the files' names."""
    folder.mkdir(parents=True)
    for number, date in enumerate(("1983-04-18", "1984-05-02")):
        named_dicom(date, number).save_as(folder / f"Example_Anna_{date}.dcm", enforce_file_format=True)
    return folder


def write_named_scans(folder: Path) -> Path:
    """The same as scans: a TIFF of 300 dpi, a PNG and a JPEG, each with her name in its metadata."""
    folder.mkdir(parents=True)
    scan, small = pixels(), (pixels() // 16).astype(np.uint8)
    tiff = folder / "Example_Anna_1983-04-18.tif"
    resolution = {"resolution": (300, 300), "resolutionunit": "INCH"}
    tifffile.imwrite(tiff, scan, description=SIGNED.decode(), **resolution)
    info = PngInfo()
    info.add_text("Patient", SIGNED.decode())
    Image.fromarray(small).save(folder / "Example 1984-05-02 L.png", pnginfo=info, dpi=(300, 300))
    exif = Image.Exif()
    exif[0x010E] = SIGNED.decode()
    Image.fromarray(small).save(folder / "Example 1988-06-09.jpg", exif=exif, comment=SIGNED, quality=95)
    return folder


def output_bytes(folder: Path) -> bytes:
    """All bytes and names of a folder."""
    return b"".join(str(p.relative_to(folder)).encode() + p.read_bytes() for p in folder.rglob("*") if p.is_file())


def film(path: Path) -> Radiograph:
    return read_dicom(path, path.name).radiograph

"""A DICOM header without identity, and a log of what was done to it that holds no values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from pydicom.datadict import dictionary_has_tag
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from lesionmeter.io.deidentify.key import Key
from lesionmeter.io.deidentify.profile import EDITION, OPTIONS, rules
from lesionmeter.io.deidentify.shift import moved_dicom

PICTURE: Final = frozenset({0x7FE00001, 0x7FE00002, 0x7FE00008, 0x7FE00009, 0x7FE00010})
"""Pixel data in all their forms; they are handled apart."""

FREE_TEXT: Final = frozenset({"LT", "ST", "UT", "UC", "UR"})
TEXT: Final = frozenset({"AE", "AS", "CS", "LO", "SH", *FREE_TEXT})
DATES: Final = frozenset({"DA", "DT"})
DUMMIES: Final = {"DA": "19010101", "DT": "19010101000000", "TM": "000000", "AS": "000Y", "DS": "0", "IS": "0"}
DUMMY_TEXT: Final = "ANONYMIZED"
METHOD: Final = f"lesionmeter, {EDITION}"
IDS: Final = frozenset({"PatientID", "OtherPatientIDs", "AccessionNumber"})
SHORTEST_WORD: Final = 4
"""Letters below which a word of a name or an ID is too common to be searched for."""


@dataclass(frozen=True)
class Change:
    """What was done to one attribute: its path in the object, its name, and the act."""

    path: str
    name: str
    act: str


@dataclass(frozen=True)
class Cleaner:
    """Cleans headers of one patient.

    Parameters
    ----------
    key
        For new UIDs.
    pseudonym
        The patient's new ID.
    shift_days
        Added to each date that is kept.
    words
        Words of the patient's identity in lower case; an attribute that still holds one is removed.
    """

    key: Key
    pseudonym: str
    shift_days: int
    words: frozenset[str] = field(default=frozenset(), repr=False)

    def clean(self, dataset: Dataset) -> tuple[Dataset, tuple[Change, ...]]:
        """A new header without identity and without pixel data, and every change in order."""
        log: list[Change] = []
        cleaned = self._cleaned(dataset, "", log)
        cleaned.PatientName = cleaned.PatientID = self.pseudonym
        return cleaned, tuple(log)

    def _cleaned(self, dataset: Dataset, above: str, log: list[Change]) -> Dataset:
        cleaned = Dataset()
        for element in _elements(dataset):
            if element.tag in PICTURE and not above:
                continue
            path = f"{above}{element.tag}"
            kept, act = self._treated(element, path, log)
            if kept is not None:
                cleaned.add(kept)
            if act:
                log.append(Change(path, element.name if not element.tag.is_private else "Private", act))
        return cleaned

    def _treated(self, element: DataElement, path: str, log: list[Change]) -> tuple[DataElement | None, str]:
        """An element as it may stay, None if it may not, and what was done."""
        if _is_dropped(element):
            return None, "removed"
        rule = rules().get(int(element.tag))
        if rule is None:
            return self._unlisted(element, path, log)
        if rule.moves and element.VR in (*DATES, "TM"):
            return self._moved(element)
        return self._acted(element, rule.action, path, log)

    def _unlisted(self, element: DataElement, path: str, log: list[Change]) -> tuple[DataElement | None, str]:
        if element.VR == "SQ":
            return self._inside(element, path, log), ""
        if element.VR in DATES:
            return self._moved(element)
        if element.VR == "UI":
            renewed = self._renewed(element)
            return renewed, "UID replaced" if renewed.value != element.value else ""
        if element.VR in FREE_TEXT or element.VR in ("PN", "UN") or self._tells(element):
            return None, "removed"
        return element, ""

    def _acted(self, element: DataElement, action: str, path: str, log: list[Change]) -> tuple[DataElement | None, str]:
        if action.endswith("U*") or (action == "U" and element.VR == "SQ"):
            return self._inside(element, path, log), ""
        if action == "U":
            return self._renewed(element), "UID replaced"
        if action in ("Z", "X/Z"):
            return DataElement(element.tag, element.VR, Sequence() if element.VR == "SQ" else None), "emptied"
        if "D" in action and element.VR not in ("SQ", "OB", "OW", "UN", "UR"):
            return DataElement(element.tag, element.VR, _dummy(element.VR)), "replaced by a dummy"
        return None, "removed"

    def _inside(self, element: DataElement, path: str, log: list[Change]) -> DataElement:
        items = [self._cleaned(item, f"{path}[{number}]", log) for number, item in enumerate(element.value, 1)]
        return DataElement(element.tag, "SQ", Sequence(items))

    def _moved(self, element: DataElement) -> tuple[DataElement, str]:
        """Dates moved; times of day stay, since the shift is of whole days."""
        if element.VR == "TM" or not element.value:
            return element, ""
        new = _each(element.value, lambda value: moved_dicom(str(value), self.shift_days))
        return DataElement(element.tag, element.VR, new), "date moved"

    def _renewed(self, element: DataElement) -> DataElement:
        return DataElement(element.tag, element.VR, _each(element.value, lambda value: self.key.uid(str(value))))

    def _tells(self, element: DataElement) -> bool:
        """Whether a text that the table lets stay holds a word of the identity."""
        says_how_pixels_are_read = element.VR == "CS" and element.tag.group == 0x0028
        if element.VR not in TEXT or says_how_pixels_are_read:
            return False
        text = str(element.value).lower()
        return any(word in text for word in self.words)


def _elements(dataset: Dataset) -> Iterator[DataElement]:
    """Every element that can be parsed; what cannot is left out with what follows from it."""
    for tag in sorted(dataset.keys()):
        try:
            yield dataset[tag]
        except Exception:  # a malformed element may hold anything
            yield DataElement(tag, "UN", None)


def _is_dropped(element: DataElement) -> bool:
    """Private and unknown attributes, overlays and curves (Clean Graphics), and lengths that no longer hold."""
    group = element.tag.group
    is_graphics = group & 0xFF00 in (0x5000, 0x6000)
    unknown = not dictionary_has_tag(element.tag) or element.VR == "UN"
    return element.tag.is_private or is_graphics or group < 8 or element.tag.element == 0 or unknown


def _dummy(vr: str) -> Any:
    if vr in TEXT | {"PN"}:
        return DUMMIES.get(vr, DUMMY_TEXT)
    return DUMMIES.get(vr, 0)


def _each(value: Any, act: Callable[[Any], str]) -> Any:
    """An act done to a value, or to each of several."""
    return [act(one) for one in value] if isinstance(value, list | tuple) or hasattr(value, "append") else act(value)


def identity_words(datasets: list[Dataset], others: tuple[str, ...] = ()) -> frozenset[str]:
    """Words that tell who a patient is, or who treated: of every person's name and every ID, in lower case."""
    found = (element for dataset in datasets for element in dataset.iterall())
    texts = [*others, *(str(element.value) for element in found if element.VR == "PN" or element.keyword in IDS)]
    words = (word.lower() for text in texts for word in re.split(r"[\^=\s\\,;'\"\[\]]+", text))
    return frozenset(word for word in words if len(word) >= SHORTEST_WORD)


def mark(dataset: Dataset, reviewed: bool) -> None:
    """Say in a cleaned header what was done; `reviewed` if a person confirmed which regions were blanked."""
    dataset.PatientIdentityRemoved = "YES"
    dataset.LongitudinalTemporalInformationModified = "MODIFIED"
    seen = "burned-in text: regions confirmed by a person" if reviewed else "burned-in text: by rule, seen by nobody"
    dataset.DeidentificationMethod = [METHOD, seen]
    dataset.DeidentificationMethodCodeSequence = Sequence(_code(value, meaning) for value, meaning in OPTIONS)
    if reviewed:
        dataset.BurnedInAnnotation = "NO"
    elif "BurnedInAnnotation" in dataset:
        del dataset.BurnedInAnnotation


def _code(value: str, meaning: str) -> Dataset:
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = value, "DCM", meaning
    return code

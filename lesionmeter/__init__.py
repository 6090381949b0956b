"""Measure calcinosis on serial hand radiographs, and say whether a change is real.

Importing does nothing: each name is fetched from its room when it is first used.

Examples
--------
>>> import lesionmeter
>>> str(lesionmeter.PartialDate.parse("1984-05"))
'1984-05'
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lesionmeter.agreement import compare_readers
    from lesionmeter.batch import measure_patient, write_output
    from lesionmeter.batch.bring_in import import_findings
    from lesionmeter.batch.export import export_output
    from lesionmeter.batch.films import films_to_dicom
    from lesionmeter.demonstration import sample_films
    from lesionmeter.errors import LesionmeterError
    from lesionmeter.io.assessment import correction_from_plain, correction_to_plain
    from lesionmeter.io.assessment import read as read_assessment
    from lesionmeter.io.deidentify import deidentify
    from lesionmeter.io.deidentify import undo as reidentify
    from lesionmeter.io.findings_csv import read_findings
    from lesionmeter.io.pacs import Wanted, fetch, read_node, send
    from lesionmeter.io.study import read_film, read_patient
    from lesionmeter.model.agreement import Agreement, RatedDeposit
    from lesionmeter.model.bones import Bone, BoneMap, MidShaft
    from lesionmeter.model.corrections import (
        Acceptance,
        Correction,
        FilmCorrection,
        LandmarkCorrection,
        LinkCorrection,
        NotAssessable,
        OutlineCorrection,
        Rejection,
        ScaleCorrection,
        Signature,
    )
    from lesionmeter.model.dates import PartialDate
    from lesionmeter.model.deposit import DepositMap
    from lesionmeter.model.drawing import Drawing
    from lesionmeter.model.findings import (
        Assessment,
        Call,
        Change,
        DepositFinding,
        Estimate,
        FilmFinding,
        ScaleCheck,
        Status,
        UnclearPlace,
    )
    from lesionmeter.model.geometry import Registration, Spacing
    from lesionmeter.model.patient import Hand, Hint, Patient
    from lesionmeter.model.points import AskedPoint
    from lesionmeter.model.radiograph import Polarity, Radiograph
    from lesionmeter.pipeline import (
        Settings,
        assess,
        assess_film_by_film,
        bone_map,
        carry_points,
        find_landmarks,
        hand_views,
        mid_shafts,
        reassess,
        register_hands,
        revise,
    )
    from lesionmeter.pipeline.drawing import (
        draw_at_click,
        draw_at_level,
        draw_filled,
        draw_inside,
        draw_smooth,
        drawing_area,
        drawing_of,
        drawing_proposed,
        drawn,
        empty_drawing,
        ready_for_clicks,
        with_room,
    )
    from lesionmeter.pipeline.frames import SiteFrame, frames_at, site_frames
    from lesionmeter.report.pairs import PairFrame, PairPictures, pair_pictures
    from lesionmeter.report.words import area as area_words
    from lesionmeter.report.words import percent_interval, signed
    from lesionmeter.stages.calibration import calibrate
    from lesionmeter.stages.segmentation import ClickField

__all__ = [
    "Acceptance",
    "Agreement",
    "AskedPoint",
    "Assessment",
    "Bone",
    "BoneMap",
    "Call",
    "Change",
    "ClickField",
    "Correction",
    "DepositFinding",
    "DepositMap",
    "Drawing",
    "Estimate",
    "FilmCorrection",
    "FilmFinding",
    "Hand",
    "Hint",
    "LandmarkCorrection",
    "LesionmeterError",
    "LinkCorrection",
    "MidShaft",
    "NotAssessable",
    "OutlineCorrection",
    "PairFrame",
    "PairPictures",
    "PartialDate",
    "Patient",
    "Polarity",
    "Radiograph",
    "RatedDeposit",
    "Registration",
    "Rejection",
    "ScaleCheck",
    "ScaleCorrection",
    "Settings",
    "Signature",
    "SiteFrame",
    "Spacing",
    "Status",
    "UnclearPlace",
    "Wanted",
    "area_words",
    "assess",
    "assess_film_by_film",
    "bone_map",
    "calibrate",
    "carry_points",
    "compare_readers",
    "correction_from_plain",
    "correction_to_plain",
    "deidentify",
    "draw_at_click",
    "draw_at_level",
    "draw_filled",
    "draw_inside",
    "draw_smooth",
    "drawing_area",
    "drawing_of",
    "drawing_proposed",
    "drawn",
    "empty_drawing",
    "export_output",
    "fetch",
    "films_to_dicom",
    "find_landmarks",
    "frames_at",
    "hand_views",
    "import_findings",
    "measure_patient",
    "mid_shafts",
    "pair_pictures",
    "percent_interval",
    "read_assessment",
    "read_film",
    "read_findings",
    "read_node",
    "read_patient",
    "ready_for_clicks",
    "reassess",
    "register_hands",
    "reidentify",
    "revise",
    "sample_films",
    "send",
    "signed",
    "site_frames",
    "with_room",
    "write_output",
]

_ROOMS = {
    "agreement": ["compare_readers"],
    "batch": ["measure_patient", "write_output"],
    "batch.bring_in": ["import_findings"],
    "batch.export": ["export_output"],
    "batch.films": ["films_to_dicom"],
    "demonstration": ["sample_films"],
    "errors": ["LesionmeterError"],
    "io.deidentify": ["deidentify"],
    "io.pacs": ["Wanted", "fetch", "read_node", "send"],
    "io.study": ["read_film", "read_patient"],
    "io.assessment": ["correction_from_plain", "correction_to_plain"],
    "io.findings_csv": ["read_findings"],
    "model.agreement": ["Agreement", "RatedDeposit"],
    "model.bones": ["Bone", "BoneMap", "MidShaft"],
    "model.corrections": [
        *(name for name in __all__ if name.endswith("Correction")),
        "Acceptance",
        "NotAssessable",
        "Rejection",
        "Signature",
    ],
    "model.dates": ["PartialDate"],
    "model.deposit": ["DepositMap"],
    "model.drawing": ["Drawing"],
    "model.findings": [
        "Assessment",
        "Call",
        "Change",
        "DepositFinding",
        "Estimate",
        "FilmFinding",
        "ScaleCheck",
        "Status",
        "UnclearPlace",
    ],
    "model.geometry": ["Registration", "Spacing"],
    "model.patient": ["Hand", "Hint", "Patient"],
    "model.points": ["AskedPoint"],
    "model.radiograph": ["Polarity", "Radiograph"],
    "pipeline": [
        "Settings",
        "assess",
        "assess_film_by_film",
        "bone_map",
        "carry_points",
        "find_landmarks",
        "hand_views",
        "mid_shafts",
        "reassess",
        "register_hands",
        "revise",
    ],
    "pipeline.drawing": [
        *(name for name in __all__ if name.startswith("draw")),
        "empty_drawing",
        "ready_for_clicks",
        "with_room",
    ],
    "pipeline.frames": ["SiteFrame", "frames_at", "site_frames"],
    "report.words": ["percent_interval", "signed"],
    "report.pairs": ["PairFrame", "PairPictures", "pair_pictures"],
    "stages.calibration": ["calibrate"],
    "stages.segmentation": ["ClickField"],
}
_PLACES = {name: (room, name) for room, names in _ROOMS.items() for name in names}
_PLACES["reidentify"] = ("io.deidentify", "undo")
_PLACES["area_words"] = ("report.words", "area")
_PLACES["read_assessment"] = ("io.assessment", "read")

if not TYPE_CHECKING:  # hidden from type checkers, which would take it to mean that every name exists

    def __getattr__(name: str) -> object:
        """Fetch a public name from its room."""
        if name not in _PLACES:
            raise AttributeError(f"module 'lesionmeter' has no attribute {name!r}")
        room, original = _PLACES[name]
        return getattr(import_module(f"lesionmeter.{room}"), original)

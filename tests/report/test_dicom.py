"""The DICOM objects of an assessment say what the standard asks for, and nothing that nobody affirmed."""

import dataclasses

import highdicom as hd
import numpy as np
import pytest
from pydicom.uid import UID

from lesionmeter.errors import FilmError, UsageError
from lesionmeter.model.corrections import LinkCorrection, Signature
from lesionmeter.model.dates import PartialDate
from lesionmeter.model.findings import Status
from lesionmeter.model.geometry import Spacing, SpacingSource
from lesionmeter.report.dicom import capture_of, source_of
from tests.dicom_world import (
    OWNER,
    capture,
    dumped_by_dcmtk,
    everything,
    faults_by_dciodvfy,
    films,
    objects,
    objects_of,
    save,
)
from tests.worlds import FILMS, patient_world

SIGNED = Signature("AB", "2024-05-02T10:00:00+02:00")


def film(**changes):
    return dataclasses.replace(patient_world().patient.films[0], **changes)


def items(dataset, concept):
    """Content items of that concept, wherever in a report."""
    found = []
    for item in dataset.get("ContentSequence", []):
        name = item.get("ConceptNameCodeSequence")
        found += [item] if name and name[0].CodeValue == concept else []
        found += items(item, concept)
    return found


# What other programs say of the objects.


@pytest.mark.parametrize("number", range(7), ids=[f"seg{n}" for n in "123"] + [f"pr{n}" for n in "123"] + ["sr"])
def test_dciodvfy_finds_no_error_in_any_object(number, tmp_path):
    assert faults_by_dciodvfy(everything(objects())[number], tmp_path) == []


def test_dciodvfy_finds_no_error_in_the_presentation_of_a_film_of_both_hands(tmp_path):
    state = next(iter(objects_of(patient_world(), sides="LR").presentations.values()))
    assert faults_by_dciodvfy(state, tmp_path) == []


@pytest.mark.parametrize("sides", ["L", "R", "LR", ""])
def test_dciodvfy_finds_no_error_in_a_capture(sides, tmp_path):
    assert faults_by_dciodvfy(capture(film(), sides=sides), tmp_path) == []


def test_dcmtk_reads_every_group_of_the_report(tmp_path):
    shown = dumped_by_dcmtk(objects().reports["L"], tmp_path)
    assert 'TEXT:(,,"Tracking Identifier")="L05"' in shown
    assert shown.count('CONTAINER:(,,"Measurement Group")') == len(items(objects().reports["L"], "125007"))


def test_highdicom_finds_the_planar_groups_of_a_deposit(tmp_path):
    report = hd.sr.srread(save(objects().reports["L"], tmp_path / "report.dcm"))
    segments = [uid for seg in objects().segmentations.values() for s in seg.SegmentSequence for uid in [s.TrackingUID]]
    found = report.content.get_planar_roi_measurement_groups(tracking_uid=segments[0])
    assert {group.reference_type.meaning for group in found} == {"Referenced Segmentation Frame", "Image Region"}
    (area,) = next(group for group in found if group.referenced_segmentation_frame).get_measurements(
        name=hd.sr.CodedConcept("42798000", "SCT", "Area")
    )
    assert area.value == pytest.approx(np.pi * 9)  # L01 in 1983: 6 pixels of 0.5 mm in radius


def test_highdicom_reads_the_segments(tmp_path):
    segmentation = hd.seg.segread(save(objects().segmentations[FILMS[0]], tmp_path / "seg.dcm"))
    assert {name for name, _ in segmentation.get_tracking_ids()} == {"L01", "L02", "L03", "L04", "L05"}


# Segmentations.


def test_a_segment_holds_its_deposits_pixels():
    found = patient_world().maps[FILMS[0]]
    segmentation = objects().segmentations[FILMS[0]]
    names = [segment.SegmentLabel for segment in segmentation.SegmentSequence]
    frame = segmentation.pixel_array[names.index("L02")]
    assert frame.sum() == (found.labels == 2).sum() > 0


def test_a_resolved_deposit_has_a_segment_with_an_empty_frame():
    segmentation = objects().segmentations[FILMS[2]]
    names = [segment.SegmentLabel for segment in segmentation.SegmentSequence]
    assert not segmentation.pixel_array[names.index("L03")].any()


def test_a_deposit_that_is_not_assessable_has_no_segment():
    assert "L05" not in [segment.SegmentLabel for segment in objects().segmentations[FILMS[2]].SegmentSequence]


def test_specks_of_one_deposit_are_one_segment():
    segmentation = objects().segmentations[FILMS[1]]
    assert [segment.SegmentLabel for segment in segmentation.SegmentSequence].count("L05") == 1


def test_a_segment_says_whether_a_program_or_a_readers_click_found_it():
    segments = objects().segmentations[FILMS[2]].SegmentSequence
    kinds = {segment.SegmentLabel: segment.SegmentAlgorithmType for segment in segments}
    assert (kinds["L01"], kinds["L04"]) == ("AUTOMATIC", "SEMIAUTOMATIC")


# Identity.


def tracking_uids(made, identity):
    segments = [s for seg in made.segmentations.values() for s in seg.SegmentSequence if s.SegmentLabel == identity]
    return [segment.TrackingUID for segment in segments]


def test_what_is_outlined_but_not_measured_has_no_segment():
    unsure = (
        dataclasses.replace(d, status=Status.NOT_ASSESSABLE, measurement=None) if d.identity == "L01" else d
        for d in patient_world().deposits
    )
    made = objects_of(dataclasses.replace(patient_world(), deposits=tuple(unsure), changes=()))
    assert tracking_uids(made, "L01") == []


def test_a_tracking_uid_is_not_shared_over_dates_on_the_programs_word():
    assert len(set(tracking_uids(objects(), "L01"))) == 3


def test_a_readers_link_makes_two_films_share_the_tracking_uid():
    link = LinkCorrection(SIGNED, (FILMS[0], 1), (FILMS[2], 1), same=True)
    first, second, third = tracking_uids(
        objects_of(dataclasses.replace(patient_world(), corrections=(link,), changes=())), "L01"
    )
    assert first == third != second


def test_a_reader_who_parts_two_deposits_again_is_believed():
    links = tuple(LinkCorrection(SIGNED, (FILMS[0], 1), (FILMS[2], 1), same=same) for same in (True, False))
    made = objects_of(dataclasses.replace(patient_world(), corrections=links, changes=()))
    assert len(set(tracking_uids(made, "L01"))) == 3


def test_segments_and_report_know_a_deposit_by_the_same_uid():
    told = {item.UID for item in items(objects().reports["L"], "112040")}
    assert {uid for identity in ("L01", "L05") for uid in tracking_uids(objects(), identity)} <= told


def test_an_automatic_link_is_called_proposed():
    links = items(objects().reports["L"], "link")
    assert {item.ConceptCodeSequence[0].CodeValue for item in links} == {"proposed"}


# The report.


def test_the_report_spans_all_dates_of_the_hand():
    assert [item.TextValue for item in items(objects().reports["L"], "C2348792")][:3] == [
        "1983-04-18",
        "1984-05-02",
        "1988",
    ]


def test_days_since_baseline_are_given_where_both_dates_are_known_to_the_day():
    offsets = items(objects().reports["L"], "128740")
    assert {float(item.MeasuredValueSequence[0].NumericValue) for item in offsets} == {0.0, 380.0}


def test_an_outline_runs_from_the_pixels_corner_and_is_closed():
    region = items(objects().reports["L"], "111030")[0]
    points = np.reshape(region.GraphicData, (-1, 2))
    outline = patient_world().maps[FILMS[0]].deposit(1).outlines[0]
    assert points[0] == pytest.approx(outline[0, ::-1] + 0.5, abs=1e-3)
    assert points[0].tolist() == points[-1].tolist()


def test_the_private_scheme_is_identified():
    (scheme,) = objects().reports["L"].CodingSchemeIdentificationSequence
    assert (scheme.CodingSchemeDesignator, UID(scheme.CodingSchemeUID).is_valid) == ("99LESIONMETER", True)


def test_every_film_and_segmentation_cited_is_listed_as_evidence():
    report = objects().reports["L"]
    listed = {
        instance.ReferencedSOPInstanceUID
        for keyword in ("CurrentRequestedProcedureEvidenceSequence", "PertinentOtherEvidenceSequence")
        for study in report.get(keyword, [])
        for series in study.ReferencedSeriesSequence
        for instance in series.ReferencedSOPSequence
    }
    made = objects().segmentations.values()
    assert listed == {one.SOPInstanceUID for one in (*films().values(), *made)}


# All objects.


def test_the_same_assessment_gives_the_same_objects():
    again = objects_of(patient_world())
    assert [o.SOPInstanceUID for o in everything(again)] == [o.SOPInstanceUID for o in everything(objects())]


def test_another_finding_gives_another_report():
    less = dataclasses.replace(patient_world(), changes=patient_world().changes[1:])
    assert objects_of(less).reports["L"].SOPInstanceUID != objects().reports["L"].SOPInstanceUID


def test_every_object_is_the_patients():
    assert {o.PatientID for o in everything(objects())} == {"P017"}


def test_every_object_is_of_the_time_that_was_given():
    assert {(o.ContentDate, o.ContentTime) for o in everything(objects()) if "ContentDate" in o} == {
        ("20240502", "103000")
    }


def test_a_film_that_could_not_be_read_is_told_of_without_being_cited():
    unread = dataclasses.replace(
        patient_world().films[0], film="cut.dcm", sha256="", hands="", shape=None, status=Status.NOT_ASSESSABLE
    )
    more = dataclasses.replace(patient_world(), films=(*patient_world().films, unread), changes=())
    report = objects_of(more).reports["L"]
    assert "cut.dcm" in [item.TextValue for item in items(report, "film-name")]


def test_an_assessment_without_a_hand_has_nothing_to_say():
    with pytest.raises(UsageError, match="expected an assessment with a hand on a film, came one without any"):
        objects_of(dataclasses.replace(patient_world(), hands=(), deposits=()))


def test_a_film_without_a_uid_cannot_be_cited():
    bare = capture(film())
    del bare.StudyInstanceUID
    with pytest.raises(FilmError, match=r"expected a DICOM film with .* came one without StudyInstanceUID"):
        source_of("left.dcm", bare)


def test_outlines_and_names_of_every_deposit_are_drawn():
    (annotation,) = objects().presentations[FILMS[1]].GraphicAnnotationSequence
    assert len(annotation.GraphicObjectSequence) == 5  # L01, L02, L03 and the two specks of L05
    assert [text.UnformattedTextValue for text in annotation.TextObjectSequence] == ["L01", "L02", "L03", "L05"]


# Scanned films.


def test_a_capture_holds_the_stored_values():
    assert np.array_equal(capture(film()).pixel_array, film().pixels)


def test_a_negative_is_shown_as_any_radiograph():
    made = capture(film(), polarity="inverted")
    assert (made.PhotometricInterpretation, made.PresentationLUTShape) == ("MONOCHROME1", "INVERSE")


@pytest.mark.parametrize("date", ["1983", "1983-04", "1983-04-18"])
def test_a_date_keeps_its_precision(date):
    made = capture(film(date=PartialDate.parse(date)))
    assert made.AcquisitionDateTime == date.replace("-", "")
    assert made.StudyDate == ("19830418" if len(date) == 10 else "")


def test_a_scanners_claim_is_a_spacing_on_the_film():
    made = capture(film(claims=(Spacing(0.1, 0.2, SpacingSource.RESOLUTION_TAG, 0.01),)))
    assert (made.NominalScannedPixelSpacing, "PixelSpacing" in made) == ([0.1, 0.2], False)


def test_what_films_csv_states_is_a_pixel_spacing_without_a_calibration_that_nobody_states():
    made = capture(film(claims=(Spacing(0.1, 0.1, SpacingSource.FILMS_CSV, 0.01),)))
    assert (made.PixelSpacing, "PixelSpacingCalibrationType" in made) == ([0.1, 0.1], False)
    assert "films.csv" in made.ImageComments


def test_a_film_of_unknown_scale_has_no_spacing():
    assert not {"PixelSpacing", "NominalScannedPixelSpacing"} & set(capture(film()).dir("Spacing"))


def test_a_film_of_both_hands_says_so():
    made = capture(film(), sides="LR")
    assert (made.ImageLaterality, "Laterality" in made) == ("B", False)


def test_values_that_are_no_integers_cannot_be_captured():
    with pytest.raises(FilmError, match="expected 8 or 16 bit grey values, came values of type float32"):
        capture_of(film(pixels=np.zeros((4, 4), np.float32)), OWNER, "normal", "L")


def test_captures_of_one_film_are_one_object():
    assert capture(film()).SOPInstanceUID == capture(film()).SOPInstanceUID

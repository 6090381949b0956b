"""Findings come back from DICOM objects: ours to the last digit, those of other programs as outlines."""

import copy
import dataclasses
import json
from functools import cache

import highdicom as hd
import numpy as np
import pytest
from pydicom.sr.codedict import codes as standard

from lesionmeter.errors import StudyError
from lesionmeter.io.assessment import correction_to_plain
from lesionmeter.io.dicom import read_dicom
from lesionmeter.io.dicom.findings import read_findings
from lesionmeter.model.corrections import LinkCorrection, Rejection, Signature
from lesionmeter.model.deposit import Origin
from lesionmeter.report.tables import tables
from lesionmeter.stages.review import fill
from tests.dicom_world import films, objects, objects_of, save, write_findings
from tests.worlds import FILMS, SHAPE, patient_world, unknown_scale

SIGNED = Signature("AB", "2024-05-02T10:00:00+02:00")


@pytest.fixture(scope="module")
def again(tmp_path_factory):
    """The assessment of P017 from its segmentations and report alone."""
    found = read_findings(write_findings(tmp_path_factory.mktemp("objects"), objects()))
    assert found.refused == ()
    return found.own


@cache
def slim():
    """The objects of P017 without changes: enough where it is the objects that count."""
    return objects_of(dataclasses.replace(patient_world(), changes=()))


# Our own objects.


@pytest.mark.parametrize("table", ["films", "deposits", "changes"])
def test_the_tables_come_back_to_the_last_printed_digit(again, table):
    assert tables(again)[table].to_csv() == tables(patient_world())[table].to_csv()


@pytest.mark.parametrize("film", FILMS)
def test_the_masks_come_back_to_the_last_pixel(again, film):
    joined = np.array([0, 1, 2, 3, 4, 4]) if film == FILMS[1] else np.arange(6)  # the specks of L05 are one label
    assert np.array_equal(again.maps[film].labels, joined[patient_world().maps[film].labels])


def test_outlines_come_back_to_a_thousandth_of_a_pixel(again):
    (outline,) = again.maps[FILMS[0]].deposit(2).outlines
    assert outline == pytest.approx(patient_world().maps[FILMS[0]].deposit(2).outlines[0], abs=1e-3)


def test_identities_come_back_with_how_sure_they_are(again):
    links = [(track.identity, [s.probability for s in track.sightings]) for track in again.tracks]
    assert links == [(track.identity, [s.probability for s in track.sightings]) for track in patient_world().tracks]


def test_settings_and_version_come_back(again):
    assert (again.settings, again.patient_id) == ({"segmentation": {"threshold": 0.5}}, "P017")


def test_what_is_not_in_the_objects_is_said(again):
    assert again.hands == ()
    assert again.remarks == (
        "rebuilt from DICOM reports and segmentations: landmarks and registrations are not in them",
    )


def test_relative_areas_come_back_without_mm2(tmp_path):
    relative = dataclasses.replace(unknown_scale(patient_world()), changes=unknown_scale(patient_world()).changes[:4])
    found = read_findings(write_findings(tmp_path, objects_of(relative))).own
    assert tables(found)["changes"].to_csv() == tables(relative)["changes"].to_csv()


def test_a_readers_corrections_come_back(tmp_path):
    said = (
        Rejection(SIGNED, FILMS[0], np.array([5.0, 7.0])),
        LinkCorrection(SIGNED, (FILMS[0], 1), (FILMS[2], 1), same=True),
    )
    corrected = dataclasses.replace(patient_world(), corrections=said, changes=())
    made = objects_of(corrected, tuple(json.dumps(correction_to_plain(one)) for one in said))
    found = read_findings(write_findings(tmp_path, made)).own
    assert [correction_to_plain(one) for one in found.corrections] == [correction_to_plain(one) for one in said]


def test_films_that_lie_beside_the_objects_lend_their_names(tmp_path):
    found = read_findings(write_findings(tmp_path, objects(), with_films=True)).own
    here = {f"{dataset.SOPInstanceUID}.dcm" for dataset in films().values()}
    assert {film.film for film in found.films} == {finding.film for finding in found.deposits} == here
    assert {change.film_to for change in found.changes} <= here | {None}


def test_reports_of_two_patients_are_refused(tmp_path):
    report = copy.deepcopy(slim().reports["L"])
    report.PatientID = "P018"
    save(report, write_findings(tmp_path, slim()) / "other.dcm")
    with pytest.raises(StudyError, match="expected reports of one patient, came those of 2"):
        read_findings(tmp_path)


def test_a_report_without_its_segmentation_is_refused(tmp_path):
    save(slim().reports["L"], tmp_path / "report.dcm")
    with pytest.raises(StudyError, match=r"left.tif: expected a segment of .* pixels for each deposit, came none"):
        read_findings(tmp_path)


def test_a_damaged_report_is_a_line_and_names_no_value(tmp_path):
    report = copy.deepcopy(slim().reports["L"])
    for group in report.ContentSequence[-1].ContentSequence:
        del group.ContentSequence[1].UID
    save(report, tmp_path / "report.dcm")
    (refused,) = read_findings(tmp_path).refused
    assert refused.reason == "expected a whole object of findings, came one with missing or wrong elements (KeyError)"


def test_no_folder_is_refused(tmp_path):
    with pytest.raises(StudyError, match="expected a folder of DICOM objects, came nothing"):
        read_findings(tmp_path / "nobody")


# Objects of other programs.


def disc():
    rows, columns = np.indices(SHAPE)
    return np.hypot(rows - 100, columns - 120) < 9


def foreign_segmentation(mask, kind="MANUAL", film=None, **options):
    """What a program with highdicom would write."""
    algorithm = hd.AlgorithmIdentificationSequence("OtherNet", standard.DCM.ArtificialIntelligence, "2")
    segment = hd.seg.SegmentDescription(
        1,
        "calcinosis",
        standard.SCT.MorphologicallyAbnormalStructure,
        standard.SCT.Calcified,
        kind,
        None if kind == "MANUAL" else algorithm,
    )
    options = {"segmentation_type": "BINARY"} | options
    return hd.seg.Segmentation(
        [film or films()[FILMS[0]]],
        mask[np.newaxis],
        segment_descriptions=[segment],
        series_instance_uid=hd.UID(),
        series_number=1,
        sop_instance_uid=hd.UID(),
        instance_number=1,
        manufacturer="Other",
        manufacturer_model_name="Other",
        software_versions="1",
        device_serial_number="1",
        **options,
    )


def foreign_report(observer):
    """A polygon on the first film, by a person or a device."""
    first = films()[FILMS[0]]
    square = np.array([[10.5, 20.5], [30.5, 20.5], [30.5, 40.5], [10.5, 40.5], [10.5, 20.5]])
    region = hd.sr.ImageRegion("POLYLINE", square, hd.sr.SourceImageForRegion(first.SOPClassUID, first.SOPInstanceUID))
    group = hd.sr.PlanarROIMeasurementsAndQualitativeEvaluations(
        hd.sr.TrackingIdentifier(hd.UID(), "lesion"),
        referenced_region=region,
        finding_sites=[hd.sr.FindingSite(standard.SCT.Hand, laterality=standard.SCT.Left)],
    )
    person = hd.sr.ObserverContext(standard.DCM.Person, hd.sr.PersonObserverIdentifyingAttributes(name="Reader^Anna"))
    device = hd.sr.ObserverContext(standard.DCM.Device, hd.sr.DeviceObserverIdentifyingAttributes(hd.UID()))
    context = hd.sr.ObservationContext(
        person if observer == "person" else None, None if observer == "person" else device
    )
    content = hd.sr.MeasurementReport(context, standard.cid100.CTUnspecifiedBodyRegion, [group])
    uids = {"series_instance_uid": hd.UID(), "series_number": 1, "sop_instance_uid": hd.UID(), "instance_number": 1}
    return hd.sr.ComprehensiveSR([first], content[0], **uids, manufacturer="Other")


@pytest.mark.parametrize(
    ("kind", "origin", "author"),
    [("MANUAL", Origin.REVIEWED, "reader"), ("AUTOMATIC", Origin.AUTOMATIC, "OtherNet")],
)
def test_a_foreign_segment_is_a_readers_or_a_proposal(tmp_path, kind, origin, author):
    save(foreign_segmentation(disc(), kind), tmp_path / "seg.dcm")
    (outline,) = read_findings(tmp_path).foreign
    assert (outline.origin, outline.author) == (origin, author)
    assert np.array_equal(fill(outline.outlines, SHAPE), disc())


@pytest.mark.parametrize(("observer", "origin"), [("person", Origin.REVIEWED), ("device", Origin.AUTOMATIC)])
def test_a_foreign_polygon_is_a_readers_or_a_proposal(tmp_path, observer, origin):
    save(foreign_report(observer), tmp_path / "sr.dcm")
    (outline,) = read_findings(tmp_path).foreign
    assert (outline.origin, outline.side) == (origin, "L")
    assert outline.outlines[0].tolist() == [[20, 10], [20, 30], [40, 30], [40, 10]]


def test_no_persons_name_is_taken_over(tmp_path):
    save(foreign_report("person"), tmp_path / "sr.dcm")
    (outline,) = read_findings(tmp_path).foreign
    assert outline.author == "reader"


def test_a_fractional_segmentation_is_a_line(tmp_path):
    save(foreign_segmentation(disc().astype(float), segmentation_type="FRACTIONAL"), tmp_path / "seg.dcm")
    (refused,) = read_findings(tmp_path).refused
    assert refused.reason == "expected a binary segmentation, came FRACTIONAL; save it as BINARY"


def test_a_report_of_another_kind_is_a_line(tmp_path):
    report = foreign_report("person")
    report.ContentSequence.pop()
    save(report, tmp_path / "sr.dcm")
    (refused,) = read_findings(tmp_path).refused
    assert refused.reason.startswith("expected a report with closed polygons on a film")


def test_a_malformed_segmentation_is_a_line_that_names_no_value(tmp_path):
    made = foreign_segmentation(disc())
    del made.SharedFunctionalGroupsSequence[0].SegmentIdentificationSequence
    save(made, tmp_path / "seg.dcm")
    (refused,) = read_findings(tmp_path).refused
    assert refused.reason == (
        "expected a whole object of findings, came one with missing or wrong elements (AttributeError)"
    )


@pytest.mark.parametrize("date", ["1983", "1983-04", "1983-04-18"])
def test_a_date_of_less_than_a_day_comes_back_from_a_film(dicom, date):
    film = read_dicom(dicom(AcquisitionDateTime=date.replace("-", "")), "film.dcm").radiograph
    assert (str(film.date), film.date_source) == (date, "acquisition date")

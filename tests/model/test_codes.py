"""The names that DICOM objects are written and read by."""

import dataclasses

import pytest

from lesionmeter.model import codes
from lesionmeter.model.codes import Code, Quantity, site_code, site_of, word_of
from lesionmeter.model.deposit import Origin
from lesionmeter.model.findings import Call, Status
from lesionmeter.model.site import Site


def every_code():
    def found(value):
        if isinstance(value, Code):
            yield value
        elif isinstance(value, Quantity):
            yield from (value.code, value.unit)
        elif isinstance(value, dict):
            for item in value.values():
                yield from found(item)

    return [code for name, value in vars(codes).items() if not name.startswith("_") for code in found(value)]


def test_values_and_meanings_fit_into_their_elements():
    assert {code for code in every_code() if len(code.value) > 16 or len(code.meaning) > 64} == set()


def test_no_two_of_our_own_codes_share_a_value():
    own = {code for code in every_code() if code.scheme == codes.SCHEME}
    assert len({code.value for code in own}) == len(own)


@pytest.mark.parametrize("name", ["1 CMC", "1 metacarpal", "2 middle phalanx", "3 tip", "5 PIP", "palm", "wrist"])
@pytest.mark.parametrize("aspect", ["radial", "ulnar", "midline", ""])
def test_a_site_comes_back_from_its_code(name, aspect):
    site = Site(int(name[0]) if name[0].isdigit() else None, name, aspect)
    assert site_of(site_code(site)) == site


def test_a_strange_code_is_no_site():
    with pytest.raises(ValueError, match="expected the code of a finding site, came '7569003' of SCT"):
        site_of(Code("7569003", "SCT", "Finger"))


@pytest.mark.parametrize(
    ("words", "codes_of"), [(Call, codes.CALLS), (Status, codes.STATUSES), (Origin, codes.ORIGINS)], ids=str
)
def test_every_word_has_a_code_of_its_own(words, codes_of):
    assert [word_of(codes_of[word], codes_of) for word in words] == list(words)


def test_an_unknown_code_is_no_word():
    with pytest.raises(ValueError, match=r"expected one of regression, .* came '1' of SCT"):
        word_of(Code("1", "SCT", "?"), codes.CALLS)


def test_codes_are_known_by_value_and_scheme_whatever_their_meaning_says():
    reworded = dataclasses.replace(codes.CALLS[Call.NEW], meaning="Neu")
    assert word_of(reworded, codes.CALLS) == Call.NEW

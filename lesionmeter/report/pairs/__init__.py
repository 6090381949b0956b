"""Two dates of a hand for the eye: registered, in one grey scale, and subtracted. For looking only, never measured."""

from lesionmeter.report.pairs.frames import Frame, PairFrame
from lesionmeter.report.pairs.greys import match_pair
from lesionmeter.report.pairs.pictures import LOOKING_ONLY, PairPictures, deposits_in, pair_pictures, sampled
from lesionmeter.report.pairs.trust import error_words
from lesionmeter.report.pairs.ways import Way, way_between

__all__ = [
    "LOOKING_ONLY",
    "Frame",
    "PairFrame",
    "PairPictures",
    "Way",
    "deposits_in",
    "error_words",
    "match_pair",
    "pair_pictures",
    "sampled",
    "way_between",
]

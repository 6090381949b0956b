"""Hands with known deposits and known change: simulated from their bones, with the truth in full."""

from lesionmeter.phantom.courses import random_spec, write_random
from lesionmeter.phantom.deposits import Calcification, TuftChange
from lesionmeter.phantom.sample import sample_study, write_sample
from lesionmeter.phantom.spec import FilmSpec, StudySpec
from lesionmeter.phantom.study import PhantomFilm, PhantomStudy, simulate
from lesionmeter.phantom.truth import truth_of, write

__all__ = [
    "Calcification",
    "FilmSpec",
    "PhantomFilm",
    "PhantomStudy",
    "StudySpec",
    "TuftChange",
    "random_spec",
    "sample_study",
    "simulate",
    "truth_of",
    "write",
    "write_random",
    "write_sample",
]

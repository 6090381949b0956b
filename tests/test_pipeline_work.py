"""Jobs of one patient done side by side."""

import threading
import time

import pytest

from lesionmeter.model.patient import Patient
from lesionmeter.pipeline.progress import Teller
from lesionmeter.pipeline.settings import Settings
from lesionmeter.pipeline.work import Work

NOBODY = Patient("P001", ())


def work_told_to(progress):
    return Work.of(NOBODY, Settings(), teller=Teller(progress))


def test_every_job_is_told_of_in_order_from_the_thread_that_asked():
    told = []
    work = work_told_to(lambda _, words: told.append((words, threading.current_thread())))
    work.ahead([(name, lambda name=name: work.once(name, name.upper)) for name in "abc"])
    assert told == [(name, threading.current_thread()) for name in "abc"]
    assert work.memo == {"a": "A", "b": "B", "c": "C"}


def test_what_a_job_fails_with_is_raised_as_it_is():
    work = work_told_to(None)
    with pytest.raises(ZeroDivisionError):
        work.ahead([("fine", int), ("fails", lambda: 1 / 0), ("fine", int)])


def test_jobs_that_were_not_begun_when_the_work_is_stopped_are_left():
    begun = []

    def job():
        begun.append(None)
        time.sleep(0.05)

    def stop(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work_told_to(stop).ahead([("job", job)] * 20)
    assert len(begun) < 20

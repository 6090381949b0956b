"""Readers, or repeats, from their output folders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from lesionmeter.agreement import compare_readers, compare_repeats
from lesionmeter.errors import OutputError, UsageError
from lesionmeter.io import assessment as output
from lesionmeter.io.repeatability import FILE, write_repeatability
from lesionmeter.model.agreement import Agreement
from lesionmeter.model.findings import Assessment
from lesionmeter.report.study import write_agreement


def agree_on(outputs: Sequence[Path], out: Path, *, repeats: bool = False) -> Agreement:
    """Compare readers' outputs, or the repeated films of unchanged hands, and write the result.

    Parameters
    ----------
    outputs
        Output folders of `measure`, or folders of them as `batch` writes. For readers each is one reader (or the
        automatic and the reviewed result), and is named by its folder.
    out
        The folder to write.
    repeats
        The films of one hand in each output are repeats; `repeatability.json` is written where they carry it.

    Raises
    ------
    UsageError
        If there is only one reader.
    OutputError
        If a folder holds no output, or `out` holds something else.
    """
    if not repeats and len(outputs) < 2:
        raise UsageError("agree: expected two outputs of the same films or more, came one; or --repeats for repeats")
    if repeats:
        study = compare_repeats([patient for folder in outputs for patient in _patients(folder)])
    else:
        names = _names(outputs)
        study = compare_readers(
            {name: tuple(_patients(folder)) for name, folder in zip(names, outputs, strict=True)}
        )  # fmt: skip
    with output.replacing(out, output.AGREEMENT_OUTPUT) as stage:
        write_agreement(study, stage)
        if study.repeatability is not None:
            write_repeatability(study.repeatability, stage / FILE)
    return study


def _patients(folder: Path) -> Iterator[Assessment]:
    if output.is_output(folder):
        yield output.read(folder)
        return
    below = sorted(folder.iterdir()) if folder.is_dir() else []
    inside = [path for path in below if path.is_dir() and output.is_output(path)]
    if not inside:
        raise OutputError(f"{folder}: expected an output of lesionmeter measure, or a folder of them, came none")
    for path in inside:
        yield output.read(path)


def _names(outputs: Sequence[Path]) -> list[str]:
    """The folders' names; with the folder above where two are named alike, and with numbers where that is no help."""
    names = [path.resolve().name for path in outputs]
    if len(set(names)) < len(names):
        names = [f"{path.resolve().parent.name}/{path.resolve().name}" for path in outputs]
    seen = Counter(names)
    return [name if seen[name] == 1 else f"{name} {number}" for number, name in enumerate(names, 1)]

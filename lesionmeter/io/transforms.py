"""Registrations as ITK transforms, for other programs such as SimpleITK and 3D Slicer.

A film's physical space has its origin in the first pixel's centre, x = column and y = row in mm. A transform carries
points of the film named first to the film named second; a resampling program that shows the second film on the first
one's grid takes the same file. Each is the common motion of the hand (affine) after, or before, what the bones add (a
displacement field); far from the hand only the common motion is left. Films have two dimensions, and so have their
transforms. 3D Slicer reads three only: it gets a twin of each, which leaves z alone.
"""

# mypy: disable-error-code="no-untyped-call"
# SimpleITK announces types but leaves most of its functions without.

from __future__ import annotations

import collections
import math
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import Final

import numpy as np
import SimpleITK
from numpy.typing import NDArray
from scipy import ndimage

from lesionmeter.errors import UsageError
from lesionmeter.model.geometry import Affine, Capsule, Points, PolyAffine, Registration, exp_affine

GRID_MM: Final = 0.75
"""Distance of the field's grid points. Interpolation between them errs by less than 0.006 mm at 95 of 100 points of the
development pairs, and by up to half a millimetre in the seam of two fingers that touch and part."""

STEEP_MM: Final = 0.05
"""Second difference, over 1.5 mm, from which on the field is computed at every grid point and not at every other one.
It halves the time, and changes the error above by 0.001 mm at most."""

MARGIN_MM: Final = 20.0
"""How far round the bones the field is theirs; then it fades."""

FADE: Final = 2.0
"""Over how many times its largest displacement at that margin the field fades to nothing. So it cannot fold, and
programs that go on beyond a field with what stands at its rim (3D Slicer) add nothing, as those that drop it (ITK)."""

LEAST_FADE_MM: Final = 10.0

SLICES_MM: Final = (-5.0, 5.0)
"""The z of the two like slices of a field of three dimensions: a film lies between them, at 0."""

SPATIAL: Final = "3d"
"""Folder of the twins of three dimensions, beside the others."""


def write_transforms(registrations: Sequence[Registration], folder: Path) -> tuple[Path, ...]:
    """Write `<from>__<to>__<hand>.h5` and its inverse `<to>__<from>__<hand>.h5` for each accepted registration.

    Each has a twin of three dimensions of the same name in the folder `3d`. Films are named without their ending, with
    `_` for `/`; where two would then share a name, each keeps its ending.
    """
    accepted = [registration for registration in registrations if registration.accepted]
    names = _names(film for each in accepted for film in (each.film_from, each.film_to))
    paths: list[Path] = []
    for each in accepted:
        (folder / SPATIAL).mkdir(parents=True, exist_ok=True)
        ends = names[each.film_from], names[each.film_to]
        for transform, (first, second) in zip(itk_transforms(each), (ends, ends[::-1]), strict=True):
            name = f"{first}__{second}__{each.laterality}.h5"
            for twin, path in ((transform, folder / name), (in_space(transform), folder / SPATIAL / name)):
                SimpleITK.WriteTransform(twin, str(path))
                paths.append(path)
    return tuple(paths)


def itk_transforms(registration: Registration) -> tuple[SimpleITK.CompositeTransform, SimpleITK.CompositeTransform]:
    """The ITK composite transform of an accepted registration, and of its inverse.

    Raises
    ------
    UsageError
        If the registration was refused.
    """
    if not registration.accepted:
        pair = f"{registration.film_from} to {registration.film_to}"
        raise UsageError(f"{pair}: expected an accepted registration, came a refused one ({registration.reason})")
    blend = registration.field
    moved = tuple(bone.moved(exp_affine(log)) for bone, log in zip(blend.capsules, blend.logs, strict=True))
    forward, back = SimpleITK.CompositeTransform(2), SimpleITK.CompositeTransform(2)
    forward.AddTransform(_affine(blend.common))  # ITK applies the transform that was added last first
    forward.AddTransform(_field(blend, blend.capsules, back=False))
    back.AddTransform(_field(blend, moved, back=True))
    back.AddTransform(_affine(np.asarray(np.linalg.inv(blend.common), dtype=np.float64)))
    return forward, back


def in_space(flat: SimpleITK.CompositeTransform) -> SimpleITK.CompositeTransform:
    """The same motion in three dimensions: x and y as in two, z untouched.

    Of the kinds that 3D Slicer converts: affine and displacement field, of double precision.
    """
    out = SimpleITK.CompositeTransform(3)
    for number in range(flat.GetNumberOfTransforms()):
        part = flat.GetNthTransform(number).Downcast()
        is_field = isinstance(part, SimpleITK.DisplacementFieldTransform)
        out.AddTransform(_field_in_space(part) if is_field else _affine_in_space(part))
    return out


def _affine_in_space(flat: SimpleITK.AffineTransform) -> SimpleITK.AffineTransform:
    matrix = np.eye(3)
    matrix[:2, :2] = np.reshape(flat.GetMatrix(), (2, 2))
    return SimpleITK.AffineTransform(matrix.ravel().tolist(), [*flat.GetTranslation(), 0.0])


def _field_in_space(flat: SimpleITK.DisplacementFieldTransform) -> SimpleITK.DisplacementFieldTransform:
    image = flat.GetDisplacementField()
    single = np.pad(SimpleITK.GetArrayFromImage(image), ((0, 0), (0, 0), (0, 1)))
    both = SimpleITK.GetImageFromArray(np.stack([single] * len(SLICES_MM)), isVector=True)
    both.SetSpacing((*image.GetSpacing(), SLICES_MM[1] - SLICES_MM[0]))
    both.SetOrigin((*image.GetOrigin(), SLICES_MM[0]))
    return SimpleITK.DisplacementFieldTransform(both)


def _affine(matrix: Affine) -> SimpleITK.AffineTransform:
    swapped = matrix[:2, :2][::-1, ::-1]
    return SimpleITK.AffineTransform(swapped.ravel().tolist(), matrix[1::-1, 2].tolist())


def _field(blend: PolyAffine, bones: tuple[Capsule, ...], *, back: bool) -> SimpleITK.DisplacementFieldTransform:
    ends = np.concatenate([[bone.start, bone.end] for bone in bones])
    low, high = ends.min(axis=0) - MARGIN_MM, ends.max(axis=0) + MARGIN_MM
    steps = (2 * GRID_MM * np.arange(n) for n in _cells(high - low))
    coarse = np.stack(np.meshgrid(*steps, indexing="ij"), axis=-1, dtype=np.float64)
    added = _finer(lambda points: blend.flow(low + points, back=back) - (low + points), coarse)
    faded = _faded(added)
    image = SimpleITK.GetImageFromArray(np.ascontiguousarray(faded[..., ::-1]), isVector=True)
    image.SetSpacing((GRID_MM, GRID_MM))
    row, column = low - GRID_MM * (len(faded) - len(added)) / 2
    image.SetOrigin((float(column), float(row)))
    return SimpleITK.DisplacementFieldTransform(image)


def _faded(field: NDArray[np.float64]) -> NDArray[np.float64]:
    """A field (rows, columns, 2) with a frame, as wide on each side, in which it falls evenly to nothing."""
    rim = max(np.abs(side).max() for side in (field[0], field[-1], field[:, 0], field[:, -1]))
    cells = math.ceil(max(FADE * float(rim), LEAST_FADE_MM) / GRID_MM)
    return np.pad(field, ((cells, cells), (cells, cells), (0, 0)), mode="linear_ramp")


def _cells(extent_mm: Points) -> list[int]:
    """How many points at twice the grid's distance reach over an extent."""
    return [int(n) for n in np.ceil(extent_mm / (2 * GRID_MM)) + 1]


def _finer(field: Callable[[Points], Points], coarse: NDArray[np.float64]) -> NDArray[np.float64]:
    """The field at every grid point: cubic splines between (rows, columns, 2) coarse places, anew where it is steep."""
    shape = coarse.shape[:2]
    known = field(coarse.reshape(-1, 2)).reshape(coarse.shape)
    fine = [np.arange(2 * n - 1) for n in shape]
    between = np.stack(np.meshgrid(*fine, indexing="ij"))
    parts = [ndimage.map_coordinates(known[..., k], between / 2, order=3, mode="nearest") for k in (0, 1)]
    added = np.stack(parts, axis=-1)
    steep = ndimage.maximum_filter(_second_difference(known), 3) > STEEP_MM
    again = ndimage.binary_dilation(np.kron(steep, np.ones((2, 2), bool))[:-1, :-1], np.ones((3, 3), bool))
    added[again] = field(GRID_MM * np.argwhere(again).astype(np.float64))
    return added


def _second_difference(field: NDArray[np.float64]) -> NDArray[np.float64]:
    """The largest along either axis and of either component, at each place of (rows, columns, 2)."""
    across, along = (np.abs(np.diff(field, 2, axis=axis)).max(axis=-1) for axis in (0, 1))
    bend: NDArray[np.float64] = np.maximum(np.pad(across, ((1, 1), (0, 0))), np.pad(along, ((0, 0), (1, 1))))
    return bend


def _names(films: Iterable[str]) -> dict[str, str]:
    distinct = sorted(set(films))
    bare = {film: str(PurePosixPath(film).with_suffix("")).replace("/", "_") for film in distinct}
    shared = collections.Counter(bare.values())
    return {film: name if shared[name] == 1 else film.replace("/", "_") for film, name in bare.items()}

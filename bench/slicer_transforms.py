"""Whether 3D Slicer, of its own libraries, carries points and moves films as `lesionmeter measure` wrote it; a table.

    python -m venv slicer && slicer/bin/pip install slicer-core SimpleITK scipy
    slicer/bin/python bench/slicer_transforms.py FILMS OUT     OUT written by `lesionmeter measure FILMS -o OUT`

slicer-core is the part of 3D Slicer that needs no window; it stays out of lesionmeter's environment, for it brings the
whole of VTK. For each file of `transforms/3d`: *places* of a 3 mm grid over the first film; how far Slicer's place on
the second film is from SimpleITK's by the file of two dimensions; how far from where it started a point of the hand
(up to 10 mm from the lines that join its landmarks) ends up that Slicer takes there by the file and back by the file
with the names exchanged; the same of any point by Slicer's own inverse: 95 in 100, and the largest, in mm. *film* is
the correlation of the second film, moved by Slicer as docs/method.md says, with the one that SimpleITK resamples.
"""

from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import SimpleITK
import slicer
import vtk
from numpy.typing import NDArray
from scipy import spatial
from vtk.util.numpy_support import numpy_to_vtk, vtk_to_numpy

STEP_MM = 3.0
ROUND_MM = 10.0
RAYS = ((0, 1, 2, 3, 4), *((0, first, first + 1, first + 2, first + 3) for first in (5, 9, 13, 17)))
"""Landmarks along each ray, from the wrist to the tip."""
LPS = (-1.0, -1.0, 1.0)
"""Slicer's x and y run to the right and to the front; those of a film's transform to the left and to the back."""


def main() -> None:
    arguments = argparse.ArgumentParser(description="Transforms as 3D Slicer's libraries read them.")
    arguments.add_argument("films", type=Path)
    arguments.add_argument("out", type=Path)
    asked = arguments.parse_args()
    films = films_of(asked.films, asked.out / "films.csv")
    hands = hands_of(asked.out / "landmarks.csv", films)
    print(f"{'transform':<56}{'places':>7}{'off':>16}{'file back':>16}{'own back':>16}{'film':>9}")
    for path in sorted((asked.out / "transforms" / "3d").glob("*.h5")):
        first, second, hand = path.stem.split("__")
        inverse = path.with_name(f"{second}__{first}__{hand}.h5")
        print(line(path, inverse, (films[first], films[second]), hands[first, hand]), flush=True)


def films_of(folder: Path, table: Path) -> dict[str, SimpleITK.Image]:
    """The films of a table by the names that transforms give them, grey and with their spacing in mm."""
    with table.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["spacing_row_mm"]]
    films = {}
    for row in rows:
        image = SimpleITK.Cast(SimpleITK.ReadImage(str(folder / row["film"])), SimpleITK.sitkFloat32)
        image.SetSpacing((float(row["spacing_column_mm"]), float(row["spacing_row_mm"])))
        image.SetOrigin((0.0, 0.0))
        films[Path(row["film"]).stem] = image
    return films


def hands_of(table: Path, films: dict[str, SimpleITK.Image]) -> dict[tuple[str, str], NDArray[np.float64]]:
    """Places (n, 2), mm, a millimetre apart along the rays of each film's hand."""
    found: dict[tuple[str, str], dict[int, list[float]]] = defaultdict(dict)
    with table.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            name = Path(row["film"]).stem
            at = zip((row["x"], row["y"]), films[name].GetSpacing(), strict=True)
            found[name, row["hand"]][int(row["landmark"])] = [float(pixels) * spacing for pixels, spacing in at]
    return {key: np.concatenate([along([at[each] for each in ray]) for ray in RAYS]) for key, at in found.items()}


def along(joints: list[list[float]]) -> NDArray[np.float64]:
    """Places a millimetre apart on the lines from joint to joint."""
    steps = (np.linspace(one, other, int(np.hypot(*np.subtract(other, one))) + 2) for one, other in pairwise(joints))
    return np.concatenate(list(steps))


def line(path: Path, inverse: Path, pair: tuple[SimpleITK.Image, SimpleITK.Image], rays: NDArray[np.float64]) -> str:
    """One row of the table."""
    reference, moving = pair
    flat = SimpleITK.ReadTransform(str(path.parent.parent / path.name))
    scene = slicer.vtkMRMLScene()
    node, node_back = opened(scene, path), opened(scene, inverse)
    start = places(reference)
    wanted = np.array([flat.TransformPoint(place) for place in start.tolist()])
    there = carried(node.GetTransformFromParent(), start)
    back = carried(node_back.GetTransformFromParent(), there)
    own = carried(node.GetTransformToParent(), there)
    hand = spatial.KDTree(rays).query(start)[0] < ROUND_MM
    ends = ((there, wanted), (back[hand], start[hand]), (own, start))
    off = [np.quantile(np.linalg.norm(one - other, axis=1), (0.95, 1.0)) for one, other in ends]
    alike = film_alike(scene, node, flat, reference, moving)
    return (
        f"{path.stem:<56}{len(start):>7}"
        + "".join(f"{usual:>8.4f}{most:>8.4f}" for usual, most in off)
        + f"{alike:>9.5f}"
    )


def opened(scene: Any, path: Path) -> Any:
    """A transform file as a node of Slicer's scene."""
    node = scene.AddNewNodeByClass("vtkMRMLTransformNode")
    reader = slicer.vtkMRMLTransformStorageNode()
    scene.AddNode(reader)
    reader.SetFileName(str(path))
    assert reader.ReadData(node), f"expected a transform that Slicer opens, came {path.name}"
    return node


def places(film: SimpleITK.Image) -> NDArray[np.float64]:
    """(n, 2) x and y in mm, on a grid over the film."""
    ends = [count * spacing for count, spacing in zip(film.GetSize(), film.GetSpacing(), strict=True)]
    axes = np.meshgrid(*(np.arange(STEP_MM, end, STEP_MM) for end in ends), indexing="ij")
    return np.stack(axes, axis=-1).reshape(-1, 2)


def carried(transform: Any, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points (n, 2) through a transform of Slicer's, whose space has the opposite x and y."""
    moved = [transform.TransformPoint((LPS[0] * x, LPS[1] * y, 0.0)) for x, y in points]
    return np.array(moved)[:, :2] * LPS[:2]


def film_alike(
    scene: Any, node: Any, flat: SimpleITK.Transform, reference: SimpleITK.Image, moving: SimpleITK.Image
) -> float:
    """Correlation of the moving film as Slicer puts it over the reference with the one that SimpleITK resamples."""
    volume = scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode")
    grid = vtk.vtkImageData()
    grid.SetDimensions(*moving.GetSize(), 1)
    grid.GetPointData().SetScalars(numpy_to_vtk(SimpleITK.GetArrayFromImage(moving).ravel(), deep=1))
    volume.SetAndObserveImageData(grid)
    volume.SetSpacing(*moving.GetSpacing(), 1.0)
    volume.SetIJKToRASDirections(LPS[0], 0, 0, 0, LPS[1], 0, 0, 0, LPS[2])
    volume.SetAndObserveTransformNodeID(node.GetID())
    assert volume.HardenTransform(), "expected a film that Slicer moves"
    wanted = SimpleITK.Resample(moving, reference, flat, SimpleITK.sitkLinear, 0.0)
    shown = SimpleITK.Resample(flat_image(volume), reference, SimpleITK.Transform(), SimpleITK.sitkLinear, 0.0)
    one, other = SimpleITK.GetArrayFromImage(wanted), SimpleITK.GetArrayFromImage(shown)
    both = (one > 0) & (other > 0)
    return float(np.corrcoef(one[both], other[both])[0, 1])


def flat_image(volume: Any) -> SimpleITK.Image:
    """A volume of one slice as an image in the films' space."""
    data = volume.GetImageData()
    shape = data.GetDimensions()[1::-1]
    image = SimpleITK.GetImageFromArray(vtk_to_numpy(data.GetPointData().GetScalars()).reshape(shape))
    image.SetSpacing(volume.GetSpacing()[:2])
    image.SetOrigin([sign * at for sign, at in zip(LPS[:2], volume.GetOrigin(), strict=False)])
    return image


if __name__ == "__main__":
    main()

"""Show which regions would be blanked: a picture a film, and the table in which a person confirms them."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image, ImageDraw

from lesionmeter.io.deidentify.regions import FilmRegions, Search, regions_csv
from lesionmeter.model.radiograph import Radiograph

LONGEST: Final = 1200
RED, GREEN = (255, 60, 60), 70
PAGE: Final = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Regions to blank</title>
<style>body{font:16px sans-serif;max-width:1250px;margin:2em auto;padding:0 1em}img{max-width:100%}</style>
<h1>Regions to blank</h1>
<p><b>This page shows the films as they are, with names and labels: keep it as you keep the films.</b></p>
<p>Red boxes will be blanked; what is tinted green is taken for the hand and stays. Correct <code>regions.csv</code>:
set <code>blank</code> to <code>no</code> to keep a box, add a row for letters that were missed (x, y of the upper left
corner, width and height, in pixels of the film), and state the side in <code>hand</code> (L, R, LR) where only a letter
on the film tells it.</p>
"""


def picture(film: Radiograph, found: Search) -> Image.Image:
    """A film made small, its hand tinted green, with numbered red boxes round what would be blanked."""
    step = max(1, -(-max(film.shape) // LONGEST))
    small = film.pixels[::step, ::step].astype(np.float32)
    low, high = np.percentile(small, [0.5, 99.5])
    grey = (np.clip((small - low) / max(float(high - low), 1e-6), 0, 1) * 255).astype(np.uint8)
    colours = np.stack([grey] * 3, axis=-1)
    tinted = found.zones.hand[::step, ::step]
    colours[tinted, 1] = np.clip(colours[tinted, 1].astype(int) + GREEN, 0, 255)
    image = Image.fromarray(colours)
    draw = ImageDraw.Draw(image)
    for number, box in enumerate(found.boxes, 1):
        top, left, height, width = (side / step for side in (box.row, box.column, box.height, box.width))
        draw.rectangle([left, top, left + width, top + height], outline=RED, width=3)
        draw.text((left + 5, top + 3), str(number), fill=RED)
    return image


def write_preview(films: dict[str, tuple[Radiograph, Search]], folder: Path) -> None:
    """Write index.html, a picture a film, and regions.csv."""
    folder.mkdir(parents=True, exist_ok=True)
    regions, parts = {}, [PAGE]
    for number, (name, (film, found)) in enumerate(films.items(), 1):
        picture(film, found).save(folder / f"film{number:03d}.png")
        regions[name] = FilmRegions(found.boxes, film.laterality)
        warning = "" if found.seen else "<p><b>No hand was found: look for letters yourself.</b></p>"
        side = film.laterality or "not stated"
        parts.append(f'<h2>{html.escape(name)}</h2>{warning}<p>Side: {side}</p><img src="film{number:03d}.png" alt="">')
    (folder / "index.html").write_text("\n".join(parts) + "\n</html>\n", encoding="utf-8")
    (folder / "regions.csv").write_text(regions_csv(regions), encoding="utf-8")

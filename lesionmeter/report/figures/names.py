"""Names of the files in `figures/`: made from film and site names, safe on every system, never shared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from lesionmeter.report.figures.places import Place


def film_slugs(films: Iterable[str]) -> Mapping[str, str]:
    """A name for each film that is safe as a file's name; films that would share one get a number.

    Examples
    --------
    >>> film_slugs(["1983/left hand.tif", "1983_left hand.tif", "b.dcm"])
    {'1983/left hand.tif': '1983_left-hand', '1983_left hand.tif': '1983_left-hand-2', 'b.dcm': 'b'}
    """
    slugs: dict[str, str] = {}
    for film in films:
        plain = slug(re.sub(r"\.(tiff?|dcm|png|jpe?g)$", "", film, flags=re.IGNORECASE).replace("/", "_"))
        taken = {name.lower() for name in slugs.values()}
        tries = (plain if number == 1 else f"{plain}-{number}" for number in range(1, len(slugs) + 2))
        slugs[film] = next(name for name in tries if name.lower() not in taken)
    return slugs


def slug(text: str) -> str:
    """Letters, digits, dots, dashes and underlines of a text; a dash for each run of anything else."""
    return re.sub(r"[^\w.-]+", "-", text).strip("-.") or "film"


def place_name(place: Place) -> str:
    """Such as `L_2-middle-phalanx`."""
    return f"{place.laterality}_{slug(place.site.name) if place.site else 'unnamed-site'}"


def crop_file(place: Place, film_slug: str) -> str:
    """The grey piece of a place on one film."""
    return f"{place_name(place)}_{film_slug}.png"


def strip_file(place: Place) -> str:
    """The drawing of a place on all its films."""
    return f"{place_name(place)}.svg"


def chart_file(place: Place) -> str:
    """The chart of a place's areas over the dates."""
    return f"{place_name(place)}_areas.svg"


def pair_file(place: Place, kind: str) -> str:
    """A picture of the place on registered anatomy: `earlier`, `later` or `difference`."""
    return f"{place_name(place)}_change_{kind}.png"


def overlay_file(film_slug: str) -> str:
    """The whole film with outlines, names and landmarks."""
    return f"{film_slug}_overlay.png"

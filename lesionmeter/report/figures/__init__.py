"""Pictures: pieces of films with outlines, whole films, and charts; the only room that knows matplotlib."""

from lesionmeter.report.figures.charts import CALL_COLOURS, area_chart, change_chart, name_of
from lesionmeter.report.figures.drawing import colour_of, data_uri, piece_svg, strip_svg
from lesionmeter.report.figures.names import film_slugs, overlay_file
from lesionmeter.report.figures.overlays import overlay
from lesionmeter.report.figures.places import Place, Window, by_identity, places
from lesionmeter.report.figures.writing import FOLDER, read_pieces, write_figures

__all__ = [
    "CALL_COLOURS",
    "FOLDER",
    "Place",
    "Window",
    "area_chart",
    "by_identity",
    "change_chart",
    "colour_of",
    "data_uri",
    "film_slugs",
    "name_of",
    "overlay",
    "overlay_file",
    "piece_svg",
    "places",
    "read_pieces",
    "strip_svg",
    "write_figures",
]

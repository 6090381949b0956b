"""Pictures: pieces of films with outlines, whole films, and charts; the only room that knows matplotlib."""

from lesionmeter.report.figures.agreement_plots import bland_altman, cumulative_differences
from lesionmeter.report.figures.canvas import CALL_COLOURS, to_svg, write_vector
from lesionmeter.report.figures.changed import ChangedPlace, changed_places, words_of
from lesionmeter.report.figures.charts import area_chart, change_chart, name_of
from lesionmeter.report.figures.drawing import colour_of, data_uri, piece_svg, strip_svg
from lesionmeter.report.figures.hand_map import hand_map
from lesionmeter.report.figures.names import film_slugs, overlay_file
from lesionmeter.report.figures.overlays import overlay
from lesionmeter.report.figures.places import Place, Window, by_identity, places
from lesionmeter.report.figures.study_plots import areas_over_time, forest_of_sites, waterfall
from lesionmeter.report.figures.writing import FOLDER, read_chart, read_pair, read_pieces, write_figures

__all__ = [
    "CALL_COLOURS",
    "FOLDER",
    "ChangedPlace",
    "Place",
    "Window",
    "area_chart",
    "areas_over_time",
    "bland_altman",
    "by_identity",
    "change_chart",
    "changed_places",
    "colour_of",
    "cumulative_differences",
    "data_uri",
    "film_slugs",
    "forest_of_sites",
    "hand_map",
    "name_of",
    "overlay",
    "overlay_file",
    "piece_svg",
    "places",
    "read_chart",
    "read_pair",
    "read_pieces",
    "strip_svg",
    "to_svg",
    "waterfall",
    "words_of",
    "write_figures",
    "write_vector",
]

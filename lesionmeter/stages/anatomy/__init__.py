"""Film -> hands, polarity, landmarks -> site map."""

from lesionmeter.stages.anatomy.hands import find_hands
from lesionmeter.stages.anatomy.settings import AnatomySettings
from lesionmeter.stages.anatomy.sites import SITES, site_map, site_numbers

__all__ = ["SITES", "AnatomySettings", "find_hands", "site_map", "site_numbers"]

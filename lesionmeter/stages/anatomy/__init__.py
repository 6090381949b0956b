"""Film -> hands, polarity, landmarks -> site map, bone map."""

from lesionmeter.stages.anatomy.bones import bone_map, hand_look, mid_shafts
from lesionmeter.stages.anatomy.hands import find_hands
from lesionmeter.stages.anatomy.sesamoids import is_like_sesamoid, looks_sesamoid
from lesionmeter.stages.anatomy.settings import AnatomySettings
from lesionmeter.stages.anatomy.sites import SITES, site_map, site_numbers

__all__ = [
    "SITES",
    "AnatomySettings",
    "bone_map",
    "find_hands",
    "hand_look",
    "is_like_sesamoid",
    "looks_sesamoid",
    "mid_shafts",
    "site_map",
    "site_numbers",
]

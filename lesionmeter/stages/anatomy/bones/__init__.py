"""The bones of a hand on its film: outlined along their own edges, not drawn as capsules."""

from lesionmeter.stages.anatomy.bones.look import hand_look
from lesionmeter.stages.anatomy.bones.mapping import SHAFT, bone_map, mid_shafts

__all__ = ["SHAFT", "bone_map", "hand_look", "mid_shafts"]

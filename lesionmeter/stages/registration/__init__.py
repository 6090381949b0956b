"""One hand on two films -> how every point of the first moves to the second, bone by bone.

The films are compared by local contrast only, so their curves do not matter. The palm is found first, then each bone
from the palm outwards: started where its landmarks on both films and its parent's motion say, searched by correlation,
and fitted to a fraction of a pixel. The bones' motions are blended into one field that can be inverted.
"""

from lesionmeter.stages.registration.act import register
from lesionmeter.stages.registration.settings import RegistrationSettings

__all__ = ["RegistrationSettings", "register"]

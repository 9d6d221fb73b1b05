"""Real people in photographs: found, framed as drawn heads are, looked at. Only `look` needs torch.

Importing this loads cv2.
"""

from data.vision.people.finding import PeopleFinder
from data.vision.people.fitted import PeopleUnavailable
from data.vision.people.framing import frame, middle
from data.vision.people.looking import Look, look

__all__ = ["Look", "PeopleFinder", "PeopleUnavailable", "frame", "look", "middle"]

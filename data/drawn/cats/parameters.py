"""What a drawn cat is: one frozen value that says everything, and goes to JSON and back."""

from dataclasses import dataclass

from data.drawn.color import RGB
from data.drawn.plain import Plain

COATS = ("solid", "tabby", "tuxedo", "calico", "siamese", "tortoiseshell", "van")
COAT_COLORS = ("black", "gray", "white", "cream", "orange", "brown", "blue", "chocolate", "lilac")
CAT_EYE_COLORS = ("gold", "amber", "green", "teal", "blue", "copper", "violet")
CAT_EYE_SHAPES = ("round", "almond", "droopy", "sharp")
CAT_MOUTHS = ("smile", "open", "tongue", "pout", "fang")
NOSES = ("pink", "brick", "black")
CAT_COLLARS = ("none", "band", "bell", "ribbon", "kerchief")


@dataclass(frozen=True, slots=True)
class CatParameters(Plain):
    """All of one cat's head. The unit of faces is about half a head's width; directions are the viewer's."""

    seed: int = 0  # decides what no parameter names: the wobble of stripes, the edges of patches
    # pose
    yaw: float = 0.0  # degrees, -35..35; positive looks to the viewer's right
    pitch: float = 0.0  # degrees, -15..15; positive looks down
    roll: float = 0.0  # degrees, -20..20; positive leans clockwise
    scale: float = 0.325  # the unit as a share of the frame, 0.27..0.36
    shift_x: float = 0.0  # of the head in the frame, share of the frame, -0.06..0.06
    shift_y: float = 0.0  # likewise
    # head
    age: float = 0.5  # 0 kitten .. 1 grown: eyes smaller and higher, muzzle fuller
    face_width: float = 0.5  # 0 slender .. 1 broad
    cheek_fluff: float = 0.5  # fur that stands out beside the cheeks, 0..1
    crest: float = 0.4  # the tuft on the forehead, 0 none .. 1
    ear_size: float = 0.5  # 0..1
    ear_fold: float = 0.0  # 0 upright .. 1 folded forward
    ear_spread: float = 0.5  # 0 on top .. 1 to the sides
    muzzle: float = 0.5  # how full, 0..1
    whiskers: float = 0.6  # length, 0 none .. 1
    blush: float = 0.3  # 0..1
    # coat
    coat: str = "tabby"  # one of COATS
    coat_color: str = "orange"  # family, one of COAT_COLORS
    white: float = 0.3  # white on muzzle and chest, 0 none .. 1 up to the brow
    coat_rgb: RGB = (238, 176, 104)  # most of the fur
    mark_rgb: RGB = (206, 128, 62)  # stripes, points, first patches
    other_rgb: RGB = (74, 62, 62)  # second patches
    nose: str = "pink"  # one of NOSES
    # eyes
    eye_shape: str = "round"  # one of CAT_EYE_SHAPES
    eye_size: float = 0.5  # 0..1
    eye_gap: float = 0.47  # eye centre from the middle, face units, 0.42..0.54
    eye_open: float = 1.0  # 0 closed .. 1 wide open
    eye_arc: float = 1.0  # the line of closed eyes: -1 asleep (hanging) .. 1 content (arched)
    wink: int = 0  # 0 none, -1 the eye on the viewer's left is closed, 1 the right one
    pupil: float = 0.5  # 0 a slit .. 1 round
    gaze_x: float = 0.0  # -1..1
    gaze_y: float = 0.0  # -1..1
    highlight: float = 0.6  # size of the light in the eye, 0..1
    eye_color: str = "gold"  # family, one of CAT_EYE_COLORS (the eye on the viewer's left)
    other_eye_color: str = "gold"  # family of the eye on the viewer's right; differs only in odd-eyed cats
    eye_rgb: RGB = (236, 184, 66)
    other_eye_rgb: RGB = (236, 184, 66)
    # mouth
    mouth_shape: str = "smile"  # one of CAT_MOUTHS
    mouth_open: float = 0.5  # 0..1, for mouths that open
    # worn, surroundings, manner
    collar: str = "bell"  # one of CAT_COLLARS
    flower: bool = False  # a blossom at one ear
    collar_rgb: RGB = (210, 66, 78)
    background: str = "gradient"  # one of data.drawn.parameters.BACKGROUNDS
    background_rgb: RGB = (235, 240, 250)
    background_other_rgb: RGB = (210, 220, 245)
    style: str = "cel"  # one of data.drawn.parameters.STYLES
    light: float = -0.6  # where light comes from, -1 left .. 1 right
    shade: float = 0.5  # depth of shadows, 0..1
    line_weight: float = 0.5  # 0 thin .. 1 thick outlines
    line_tint: float = 0.6  # 0 black .. 1 coloured outlines

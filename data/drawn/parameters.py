"""What a drawn head is: one frozen value that says everything, and goes to JSON and back."""

from dataclasses import dataclass

from data.drawn.color import RGB
from data.drawn.plain import Plain

FRINGES = (
    "hime", "blunt", "swept_left", "swept_right", "parted", "curtain", "messy", "lock", "wispy", "spiky", "asymmetric",
    "slicked",
)  # fmt: skip
BACKS = (
    "bob", "short", "pixie", "spiky", "long", "wavy", "hime", "twin_tails", "ponytail", "side_tail", "buns", "braids",
    "drills",
)  # fmt: skip
EYE_SHAPES = ("round", "tareme", "tsurime", "narrow", "jito", "almond", "sparkle", "tall")
MOUTHS = ("smile", "open_smile", "grin", "cat", "neutral", "pout", "open_o", "frown", "fang", "wavy", "tongue")
EXPRESSIONS = ("calm", "happy", "laughing", "shy", "sad", "angry", "surprised", "sleepy", "smug")
BACKGROUNDS = ("plain", "gradient", "bokeh", "dots", "stripes", "sky", "indoor", "outdoor", "petals", "transparent")
COLLARS = ("sailor", "shirt", "crew", "off_shoulder", "hoodie", "turtleneck", "kimono", "jacket")
HAIR_DYES = ("none", "tips", "gradient", "inner", "streak", "split")
EARS = ("human", "cat", "elf")
GLASSES = ("none", "round", "square", "half")
RIBBONS = ("none", "left", "right", "top", "both")
HAIRPINS = ("none", "clip", "flower", "star", "heart")
HEADWEAR = ("none", "headphones", "beret", "cap", "witch", "straw", "beanie", "maid", "crown")
COVERING = ("beret", "cap", "witch", "straw", "beanie")  # headwear that hides the top of the hair
MASKS = ("none", "medical", "eyepatch")
STYLES = ("flat", "cel", "soft", "chibi", "retro", "ink")


@dataclass(frozen=True, slots=True)
class Parameters(Plain):
    """All of one head. "Face" lengths are in half face widths; directions are the viewer's, right and down positive."""

    seed: int = 0  # decides what no parameter names: the wobble of locks, the places of bokeh
    # pose
    yaw: float = 0.0  # degrees, -35..35; positive looks to the viewer's right
    pitch: float = 0.0  # degrees, -15..15; positive looks down
    roll: float = 0.0  # degrees, -20..20; positive leans clockwise
    scale: float = 0.30  # half face width as a share of the frame, 0.25..0.36
    shift_x: float = 0.0  # of the head in the frame, share of the frame, -0.06..0.06
    shift_y: float = 0.0  # likewise
    # head
    age: float = 0.5  # 0 child .. 1 adult: eyes lower and larger, face rounder and shorter the younger
    masculine: float = 0.0  # 0 feminine .. 1 masculine: broader jaw and neck, heavier brows, thinner lashes
    face_point: float = 0.5  # 0 round .. 1 pointed chin
    face_length: float = 1.0  # eyes to chin, face units, 0.86..1.2
    cheek: float = 0.5  # fullness of the cheeks, 0..1
    ears: str = "human"  # one of EARS (cat ears stand on top, human ones are hidden)
    skin_tone: float = 0.1  # 0 porcelain .. 1 deep brown
    blush: float = 0.4  # 0..1
    nose: float = 0.5  # how much of a nose is drawn, 0..1
    # eyes
    eye_shape: str = "round"  # one of EYE_SHAPES
    eye_width: float = 0.31  # half width, face units, 0.24..0.38
    eye_height: float = 0.31  # half height, face units, 0.18..0.42
    eye_gap: float = 0.47  # eye centre from the middle, face units, 0.42..0.52
    eye_open: float = 1.0  # 0 closed .. 1 wide open
    eye_arc: float = 0.0  # the line of closed eyes: -1 asleep (hanging) .. 1 laughing (arched)
    wink: int = 0  # 0 none, -1 the eye on the viewer's left is closed, 1 the right one
    iris: float = 0.75  # iris half width as a share of the eye's, 0.55..0.9
    pupil: float = 0.45  # share of the iris, 0.2..0.6
    gaze_x: float = 0.0  # -1..1
    gaze_y: float = 0.0  # -1..1
    highlight: float = 0.5  # size of the light in the eye, 0..1
    highlight_count: int = 2  # 1..3
    lash: float = 0.5  # thickness of the upper lashes, 0..1
    # brows and mouth
    expression: str = "calm"  # one of EXPRESSIONS: what brows, lids and mouth were chosen for
    brow_tilt: float = 0.0  # -1 sad .. 1 angry
    brow_height: float = 0.5  # 0 low .. 1 raised
    brow_weight: float = 0.5  # 0..1
    mouth_shape: str = "smile"  # one of MOUTHS
    mouth_open: float = 0.5  # 0..1, for mouths that open
    mouth_width: float = 0.22  # half width, face units, 0.10..0.34
    # hair
    fringe: str = "wispy"  # one of FRINGES
    fringe_length: float = 0.5  # 0 high on the forehead .. 1 over the eyes
    back: str = "long"  # one of BACKS
    hair_volume: float = 0.5  # 0..1
    hair_length: float = 0.5  # 0..1 within what the back allows
    hair_wave: float = 0.2  # 0 straight .. 1 curled
    strands: float = 0.5  # 0 few broad locks .. 1 many fine ones
    side_locks: float = 0.5  # length of the locks that frame the face, 0 none .. 1
    ahoge: float = 0.0  # 0 none .. 1 large
    part: float = 0.0  # where the parting is, -1..1
    ring: float = 0.5  # strength of the light band in the hair, 0..1
    dye: str = "none"  # one of HAIR_DYES
    # colours
    hair_color: str = "brown"  # family, a key of HAIR_COLORS
    eye_color: str = "blue"  # family, a key of EYE_COLORS (the eye on the viewer's left)
    other_eye_color: str = "blue"  # family of the eye on the viewer's right; differs only in odd-eyed heads
    hair_rgb: RGB = (110, 74, 58)  # exact colours, 0..255 each
    hair_tip_rgb: RGB = (110, 74, 58)
    eye_rgb: RGB = (70, 130, 210)
    other_eye_rgb: RGB = (70, 130, 210)
    skin_rgb: RGB = (253, 233, 220)
    cloth_rgb: RGB = (60, 70, 110)
    accent_rgb: RGB = (200, 60, 70)
    background_rgb: RGB = (235, 240, 250)
    background_other_rgb: RGB = (210, 220, 245)
    # things worn, surroundings, manner
    collar: str = "sailor"  # one of COLLARS
    glasses: str = "none"  # one of GLASSES
    ribbon: str = "none"  # one of RIBBONS
    hairpin: str = "none"  # one of HAIRPINS
    hairpin_side: int = 1  # -1 the viewer's left, 1 the right
    hairband: bool = False
    headwear: str = "none"  # one of HEADWEAR
    mask: str = "none"  # one of MASKS
    background: str = "gradient"  # one of BACKGROUNDS
    style: str = "cel"  # one of STYLES
    light: float = -0.6  # where light comes from, -1 left .. 1 right
    shade: float = 0.5  # depth of shadows, 0..1
    line_weight: float = 0.5  # 0 thin .. 1 thick outlines
    line_tint: float = 0.6  # 0 black .. 1 coloured outlines

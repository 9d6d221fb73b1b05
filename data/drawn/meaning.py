"""What single parameters mean together: the numbers that a viewer would give a finished head. No drawing here."""

from data.drawn.parameters import Parameters

# How far the mouth of each shape opens at `mouth_open` 1, and how much it smiles.
_OPENS = {"open_smile": 1.0, "open_o": 0.9, "fang": 0.7, "grin": 0.35, "tongue": 0.6}
_SMILES = {
    "smile": 0.7, "open_smile": 1.0, "grin": 1.0, "cat": 0.6, "neutral": 0.0, "pout": -0.4, "open_o": 0.0,
    "frown": -1.0, "fang": 0.8, "wavy": -0.3, "tongue": 0.7,
}  # fmt: skip
# Where the hair of each back ends at `hair_length` 0 and 1: 0 at the ears, 0.5 on the shoulders, 1 out of the frame.
REACHES = {
    "pixie": (0.0, 0.05), "short": (0.05, 0.2), "spiky": (0.05, 0.25), "buns": (0.05, 0.2), "bob": (0.25, 0.45),
    "ponytail": (0.4, 0.9), "side_tail": (0.4, 0.9), "braids": (0.6, 1.0), "drills": (0.6, 1.0),
    "twin_tails": (0.5, 1.0), "wavy": (0.6, 1.0), "long": (0.6, 1.0), "hime": (0.7, 1.0),
}  # fmt: skip


def reading(parameters: Parameters) -> dict[str, float]:
    """Numbers that follow from the parameters, as labels carry them.

    `left_eye_open`, `right_eye_open` (0..1, a wink included; the viewer's left), `mouth_opening` (0 closed .. 1),
    `smile` (-1..1), `hair_reach` (0 at the ears, 0.5 on the shoulders, 1 below the frame).
    """
    p = parameters
    low, high = REACHES[p.back]
    opens = _OPENS.get(p.mouth_shape, 0.0)
    hidden = p.mask == "medical"
    return {
        "left_eye_open": 0.0 if p.wink == -1 else p.eye_open,
        "right_eye_open": 0.0 if p.wink == 1 else p.eye_open,
        "mouth_opening": 0.0 if hidden else round(opens * (0.3 + 0.7 * p.mouth_open) if opens else 0.0, 4),
        "smile": 0.0 if hidden else _SMILES[p.mouth_shape],
        "hair_reach": round(low + (high - low) * p.hair_length, 4),
    }

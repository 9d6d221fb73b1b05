"""Art styles: what makes one head look inked and another painted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from data.drawn.chance import Dice


@dataclass(frozen=True, slots=True)
class Manner:
    """One style. Factors act on what the parameters say; 1 leaves it."""

    line: float = 1.0  # width of lines
    tint: float = 1.0  # how coloured lines are, 0 black
    shade: float = 1.0  # opacity of shadows
    soft: float = 0.0  # blur of the edges of shadows, face units
    gloss: float = 1.0  # the band of light in the hair
    strand: float = 1.0  # lines in the hair
    eye: float = 1.0  # size of the eyes
    youth: float = 0.0  # at least this childlike, 0..1
    chroma: float = 1.0  # of hair, cloth, eyes
    lift: float = 0.0  # added to their lightness, 0..1
    glow: float = 0.0  # light that spills over everything, 0..1
    paper: float = 0.0  # grain of paper, 0..1


MANNERS = {
    "flat":  Manner(line=0.62, tint=1.5, shade=0.6, gloss=0.0, strand=0.5, chroma=1.05),
    "cel":   Manner(),
    "soft":  Manner(line=0.6, tint=1.4, shade=0.85, soft=0.05, gloss=0.8, strand=0.8, chroma=0.92, lift=0.03, glow=0.7),
    "chibi": Manner(line=1.6, tint=0.7, shade=0.75, gloss=0.9, strand=0.5, eye=1.17, youth=0.85, chroma=1.08),
    "retro": Manner(line=1.1, tint=0.25, shade=1.25, gloss=1.5, strand=1.3, eye=1.04, chroma=0.84, lift=-0.03),
    "ink":   Manner(line=1.3, tint=0.05, shade=0.5, soft=0.03, gloss=0.4, strand=1.6, chroma=0.6, lift=0.12, paper=0.5),
}  # fmt: skip


def sample_manner(dice: Dice, styles: Mapping[str, float]) -> dict[str, Any]:
    """The parameters of a style by chance, `styles` with their weights, and of how it is used."""
    return {
        "style": dice.weigh("style", styles),
        "light": dice.uniform("light", 0.3, 1) * (1 if dice.chance("light.right", 0.5) else -1),
        "shade": dice.bell("shade", 0.2, 1),
        "line_weight": dice.bell("line_weight", 0, 1),
        "line_tint": dice.uniform("line_tint", 0.35, 1),
    }

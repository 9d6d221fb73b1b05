"""Art styles: what makes one head look inked and another painted."""

from dataclasses import dataclass


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
    chroma: float = 1.0  # of hair, cloth, eyes
    lift: float = 0.0  # added to their lightness, 0..1
    glow: float = 0.0  # light that spills over everything, 0..1
    paper: float = 0.0  # grain of paper, 0..1


MANNERS = {
    "flat":  Manner(line=0.9, tint=0.9, shade=0.55, gloss=0.0, strand=0.5),
    "cel":   Manner(),
    "soft":  Manner(line=0.62, tint=1.35, shade=0.85, soft=0.055, gloss=0.8, strand=0.8, chroma=0.92, lift=0.02, glow=1.0),
    "chibi": Manner(line=1.55, tint=0.75, shade=0.8, gloss=0.9, strand=0.5, eye=1.16, chroma=1.05),
    "retro": Manner(line=1.05, tint=0.35, shade=1.15, gloss=1.25, strand=1.2, eye=1.04, chroma=0.86, lift=-0.02),
    "ink":   Manner(line=1.0, tint=0.15, shade=0.6, soft=0.03, gloss=0.5, strand=1.5, chroma=0.72, lift=0.05, paper=1.0),
}  # fmt: skip

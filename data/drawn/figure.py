"""What all parts of one drawing share, worked out once: pose, skull, colours of light and shade, widths of lines."""

from dataclasses import dataclass
from functools import cached_property

from data.drawn.chance import Dice
from data.drawn.color import RGB, mix, oklch, shift, to_oklch
from data.drawn.geometry import Point, Pose, lerp
from data.drawn.parameters import Parameters


@dataclass(frozen=True)
class Tones:
    """One material in light, shade, shine and line."""

    base: RGB
    shade: RGB
    deep: RGB
    light: RGB
    line: RGB


def tones_of(color: RGB, shade: float, line_tint: float) -> Tones:
    """The tones of a hair or cloth colour: shade leans to violet, light to yellow, as painters do."""
    lightness, chroma, hue = to_oklch(color)
    # Near white and near black have little room to one side.
    down = lerp(0.07, 0.15, shade) * (0.55 + 0.45 * min(1.0, lightness / 0.6))
    up = min(0.99, lightness + lerp(0.10, 0.17, shade)) - lightness
    pale = 1.0 if chroma > 0.03 else 1.9
    ink = oklch(0.16, 0.02, hue)
    tinted = oklch(max(0.16, lightness * 0.46), min(0.12, chroma * 0.9 + 0.012), hue - 12)
    return Tones(
        base=color,
        shade=shift(color, -down, 1.08 * pale, toward=290, turn=16),
        deep=shift(color, -1.8 * down, 1.12 * pale, toward=290, turn=26),
        light=shift(color, up, 0.62, toward=95, turn=12),
        line=mix(ink, tinted, line_tint),
    )


@dataclass(frozen=True)
class Figure:
    """A head about to be drawn in a square picture of `size` pixels."""

    parameters: Parameters
    size: int

    @cached_property
    def dice(self) -> Dice:
        """Chance for what no parameter names."""
        return Dice(self.parameters.seed)

    @cached_property
    def pose(self) -> Pose:
        """Where the head is."""
        return Pose.of(self.parameters, self.size)

    @cached_property
    def line(self) -> float:
        """Width of outlines, face units; never under half a pixel."""
        return max(lerp(0.018, 0.036, self.parameters.line_weight), 0.5 / self.pose.unit)

    @cached_property
    def hair(self) -> Tones:
        """The hair's tones."""
        p = self.parameters
        return tones_of(p.hair_rgb, p.shade, p.line_tint)

    @cached_property
    def tips(self) -> Tones:
        """The tones of the ends of the hair."""
        p = self.parameters
        return tones_of(p.hair_tip_rgb if p.dye != "none" else p.hair_rgb, p.shade, p.line_tint)

    @cached_property
    def skin(self) -> Tones:
        """The skin's tones: its shade reddens instead of turning violet."""
        p = self.parameters
        lightness = to_oklch(p.skin_rgb)[0]
        down = lerp(0.045, 0.095, p.shade)
        # Pale skin blushes in the shade; dark skin is colourful enough.
        rich = lerp(1.0, 1.5, min(1.0, max(0.0, (lightness - 0.55) / 0.35)))
        return Tones(
            base=p.skin_rgb,
            shade=shift(p.skin_rgb, -down, rich, toward=28, turn=22),
            deep=shift(p.skin_rgb, -1.9 * down, 1.05 * rich, toward=20, turn=30),
            light=shift(p.skin_rgb, 0.03, 0.7),
            line=mix(oklch(0.2, 0.02, 30), oklch(max(0.2, lightness * 0.5), 0.085, 33), p.line_tint),
        )

    @cached_property
    def chin(self) -> Point:
        """The lowest point of the face, plane coordinates."""
        return self.pose.place(0.0, self.parameters.face_length, 0.52)

    @cached_property
    def skull(self) -> tuple[float, float, float, float]:
        """Centre x, centre y, half width, half height of the hair's round top, plane coordinates."""
        volume = self.parameters.hair_volume
        turn, nod = self.pose.turn, self.pose.nod
        return -0.13 * turn, -0.34 - 0.1 * nod, 1.10 + 0.10 * volume + 0.05 * abs(turn), 0.96 + 0.14 * volume

    @cached_property
    def crown(self) -> Point:
        """Where the locks of the front hair start, plane coordinates."""
        _, y, _, height = self.skull
        place = self.pose.place(self.parameters.part * 0.75, 0, 0.30)
        return place[0], y - height * 0.86 + 0.35 * self.pose.nod

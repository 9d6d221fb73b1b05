"""What all parts of one drawing share, worked out once: pose, skull, colours of light and shade, widths of lines."""

import math
from dataclasses import dataclass
from functools import cached_property

from data.drawn.chance import Dice
from data.drawn.color import RGB, mix, oklch, shift, to_oklch
from data.drawn.geometry import Point, Point3, Pose, lerp
from data.drawn.manner import MANNERS, Manner
from data.drawn.parameters import Parameters


@dataclass(frozen=True)
class Tones:
    """One material in light, shade, shine and line."""

    base: RGB
    shade: RGB
    deep: RGB
    light: RGB
    line: RGB


def tones_of(color: RGB, shade: float, line_tint: float, manner: Manner) -> Tones:
    """The tones of a hair or cloth colour: shade leans to violet, light to yellow, as painters do."""
    lightness, chroma, hue = to_oklch(color)
    lightness, chroma = min(0.97, max(0.14, lightness + manner.lift * (1.0 - lightness))), chroma * manner.chroma
    color = oklch(lightness, chroma, hue)
    # Near white and near black have little room to one side.
    down = lerp(0.075, 0.145, shade) * (0.5 + 0.5 * min(1.0, lightness / 0.6)) * (0.7 + 0.3 * manner.shade)
    up = min(0.985, lightness + lerp(0.10, 0.17, shade)) - lightness
    pale = 1.0 if chroma > 0.03 else 1.9
    ink = oklch(0.18, 0.02, hue)
    tinted = oklch(max(0.20, lightness * 0.52 - 0.02), min(0.11, chroma * 0.85 + 0.015), hue - 10)
    return Tones(
        base=color,
        shade=shift(color, -down, 1.06 * pale, toward=290, turn=14),
        deep=shift(color, -1.9 * down, 1.08 * pale, toward=290, turn=24),
        light=shift(color, up, 0.66, toward=95, turn=10),
        line=mix(ink, tinted, min(1.0, line_tint * manner.tint)),
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
    def manner(self) -> Manner:
        """The style."""
        return MANNERS[self.parameters.style]

    @cached_property
    def pose(self) -> Pose:
        """Where the head is."""
        return Pose.of(self.parameters, self.size)

    @cached_property
    def line(self) -> float:
        """Width of outlines, face units; never under half a pixel."""
        return max(lerp(0.013, 0.023, self.parameters.line_weight) * self.manner.line, 0.55 / self.pose.unit)

    def tones(self, color: RGB) -> Tones:
        """A colour of hair or cloth in this drawing's light and style."""
        p = self.parameters
        return tones_of(color, p.shade, p.line_tint, self.manner)

    @cached_property
    def hair(self) -> Tones:
        """The hair's tones."""
        return self.tones(self.parameters.hair_rgb)

    @cached_property
    def tips(self) -> Tones:
        """The tones of the ends of the hair."""
        p = self.parameters
        return self.tones(p.hair_tip_rgb if p.dye != "none" else p.hair_rgb)

    @cached_property
    def cloth(self) -> Tones:
        """The tones of what is worn."""
        return self.tones(self.parameters.cloth_rgb)

    @cached_property
    def accent(self) -> Tones:
        """The tones of ribbons and pins."""
        return self.tones(self.parameters.accent_rgb)

    @cached_property
    def skin(self) -> Tones:
        """The skin's tones: its shade reddens instead of turning violet."""
        p = self.parameters
        lightness = to_oklch(p.skin_rgb)[0]
        down = lerp(0.04, 0.085, p.shade)
        # Pale skin blushes in the shade; dark skin is colourful enough.
        rich = lerp(1.0, 1.7, min(1.0, max(0.0, (lightness - 0.55) / 0.35)))
        return Tones(
            base=p.skin_rgb,
            shade=shift(p.skin_rgb, -down, rich, toward=28, turn=24),
            deep=shift(p.skin_rgb, -1.9 * down, 1.15 * rich, toward=20, turn=32),
            light=shift(p.skin_rgb, 0.03, 0.7),
            line=mix(
                oklch(0.22, 0.02, 30),
                oklch(max(0.22, lightness * 0.54), 0.085, 34),
                min(1.0, p.line_tint * self.manner.tint),
            ),
        )

    @cached_property
    def ink(self) -> RGB:
        """The colour of lashes: nearly black, leaning to the hair."""
        p = self.parameters
        _, chroma, hue = to_oklch(p.hair_rgb)
        return oklch(0.19 + 0.09 * p.line_tint * self.manner.tint, min(0.05, 0.02 + 0.4 * chroma), hue)

    @cached_property
    def youth(self) -> float:
        """0 adult .. 1 child."""
        return max(1.0 - self.parameters.age, self.manner.youth)

    @cached_property
    def length(self) -> float:
        """From the eyes to the chin, face units."""
        p = self.parameters
        return p.face_length + 0.15 * (0.5 - self.youth) + 0.08 * p.masculine

    @cached_property
    def chin(self) -> Point:
        """The lowest point of the face, plane coordinates."""
        return self.pose.project(0.0, self.length, 0.52)

    @cached_property
    def shell(self) -> tuple[float, float, float, float]:
        """The round of the hair in head coordinates: centre y, half width, half height, half depth; centre x is 0."""
        v = self.parameters.hair_volume - (0.35 if self.parameters.back in ("pixie", "short", "spiky") else 0.0)
        return -0.28, 1.08 + 0.13 * v, 1.15 + 0.14 * v, 1.09 + 0.11 * v

    def scalp(self, azimuth: float, elevation: float, reach: float = 1.0) -> Point3:
        """A point of the hair's round. Degrees; azimuth 0 in front, 90 at the viewer's right; elevation 90 on top."""
        y, a, b, c = self.shell
        s, e = math.radians(azimuth), math.radians(elevation)
        return (
            reach * a * math.sin(s) * math.cos(e),
            y - reach * b * math.sin(e),
            -0.06 + reach * c * math.cos(s) * math.cos(e),
        )

    @cached_property
    def skull(self) -> tuple[float, float, float, float]:
        """Centre x, centre y, half width, half height of the hair's round on the plane."""
        y, a, b, c = self.shell
        x0, y0 = self.pose.project(0.0, y, -0.06)
        wide = math.hypot(a * math.cos(self.pose.yaw), c * self.pose.turn)
        deep = math.hypot(c * math.cos(self.pose.yaw), a * self.pose.turn)
        return x0, y0, wide, math.hypot(b * math.cos(self.pose.pitch), deep * self.pose.nod)

    @cached_property
    def eye_y(self) -> float:
        """Height of the middle of the eyes: lower in younger faces."""
        return 0.06 + 0.07 * self.youth

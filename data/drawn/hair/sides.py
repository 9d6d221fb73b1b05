"""The hair beside the face: locks over the temples, and those that fall in front of the shoulders."""

from data.drawn.figure import Figure
from data.drawn.geometry import Point3, lerp
from data.drawn.hair.lock import Lock, lock

# How far the side hair reaches at `side_locks` 0 and 1, y in face units, by back.
_REACH = {
    "pixie": (-0.05, 0.25),
    "short": (0.10, 0.50),
    "spiky": (0.05, 0.45),
    "bob": (0.45, 0.85),
    "buns": (0.30, 1.0),
}


def temples(figure: Figure) -> list[Lock]:
    """The locks that hang over the temples and cheeks' edges, farthest first."""
    p, d = figure.parameters, figure.dice
    low, high = _REACH.get(p.back, (0.40, 1.45))
    found: list[Lock] = []
    sides = (1.0, -1.0) if figure.pose.turn > 0 else (-1.0, 1.0)
    sides = sides if figure.pose.turn != 0 else (-1.0, 1.0)
    for side in sides:
        n = 2 + round(p.strands)
        for i in range(n):
            t = i / max(1, n - 1)
            name = f"temple.{side}.{i}"
            end = lerp(low, high, p.side_locks) * lerp(0.62, 1.0, t if n > 1 else 1.0) + 0.12 * (d.unit(name) - 0.5)
            if p.side_locks <= 0 and i == n - 1 and p.back not in ("pixie", "short", "spiky", "bob"):
                end = min(end, 0.3)
            root = figure.scalp(side * lerp(52, 70, t), 62)
            over = figure.scalp(side * lerp(66, 82, t), 30, 1.06)
            inward = lerp(0.90, 1.04, t)
            cheek: Point3 = (side * (inward + 0.06 + 0.05 * p.hair_volume), lerp(-0.1, end, 0.45), 0.34 - 0.25 * t)
            sway = 0.10 * (d.unit(name + ".sway") - 0.6) * max(0.4, end)
            tip: Point3 = (side * (inward - 0.03 + sway), end, 0.36 - 0.2 * t)
            found.append(
                lock(
                    figure,
                    (root, over, cheek, cheek, tip),
                    lerp(0.10, 0.145, t) * lerp(0.9, 1.15, p.hair_volume),
                    "point" if p.fringe != "hime" else "blunt" if i == n - 1 and end < 1.1 else "point",
                    tone=2 * d.unit(name + ".tone") - 1,
                    fade=0.30,
                    wave=0.10 * p.hair_wave * min(1.0, max(0.0, end)),
                    phase=d.unit(name + ".phase"),
                    turns=1.0 + 0.8 * max(0.0, end),
                    dyed=p.dye == "streak" and d.chance(name + ".dye", 0.2),
                )
            )
    return found


def over_shoulders(figure: Figure) -> list[Lock]:
    """Long locks that fall before the shoulders."""
    p, d = figure.parameters, figure.dice
    if p.back not in ("long", "wavy", "hime") or p.hair_length < 0.2:
        return []
    found: list[Lock] = []
    for side in (-1.0, 1.0):
        if not d.chance(f"over.{side}", 0.75):
            continue
        for i in range(2 + round(p.strands)):
            name = f"over.{side}.{i}"
            x = 0.98 + 0.10 * i + 0.06 * d.unit(name)
            root = figure.scalp(side * (72 + 6 * i), 40)
            out = (side * (x + 0.16 + 0.10 * p.hair_volume), 0.35, 0.05)
            hang = (side * (x + 0.02), 1.1, 0.25)
            tip = (side * (x - 0.10 + 0.22 * d.unit(name + ".tip")), lerp(1.6, 2.3, p.hair_length), 0.30)
            found.append(
                lock(
                    figure,
                    (root, out, hang, tip),
                    0.15 + 0.04 * d.unit(name + ".w"),
                    "leaf",
                    fade=0.2,
                    tone=2 * d.unit(name + ".tone") - 1,
                    wave=(0.04 + 0.13 * p.hair_wave),
                    phase=d.unit(name + ".phase"),
                    turns=1.6,
                    dyed=p.dye == "streak" and d.chance(name + ".dye", 0.2),
                )
            )
    return found

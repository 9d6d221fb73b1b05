"""Troubles as sentences, in the language of whoever is told."""

from __future__ import annotations

import platform
from collections.abc import Sequence

from bot.locale import Catalogue
from bot.monitoring.troubles import Open, Trouble

MOST_LINES = 12  # of each sort, in one message


def sentence(catalogue: Catalogue, locale: str, trouble: Trouble, *, over: bool = False) -> str:
    """What is wrong, or that it is well again."""
    values = {
        "subject": trouble.subject,
        "lasting": _duration(catalogue, locale, trouble.lasting),
        **trouble.values,
    }
    key = f"alerts.{trouble.kind}"
    if over:
        return catalogue.text(locale, f"{key}_over", **values)
    said = catalogue.text(locale, key, **values)
    detail = trouble.values.get("detail")
    return catalogue.text(locale, "alerts.because", said=said, detail=detail) if detail else said


def news(catalogue: Catalogue, locale: str, wrong: Sequence[Open], over: Sequence[Open], well: bool) -> str:
    """One message: what is wrong, what was said before and lasts, what is over; and where nothing is left, that."""
    lines = [catalogue.text(locale, "alerts.head", host=platform.node() or "nijigen")]
    for one in wrong[:MOST_LINES]:
        said = sentence(catalogue, locale, one.trouble)
        lines.append(catalogue.text(locale, "alerts.wrong" if one.said is None else "alerts.still", said=said))
    for one in over[:MOST_LINES]:
        lines.append(catalogue.text(locale, "alerts.over", said=sentence(catalogue, locale, one.trouble, over=True)))
    left = max(0, len(wrong) - MOST_LINES) + max(0, len(over) - MOST_LINES)
    if left:
        lines.append(catalogue.text(locale, "alerts.more", count=left))
    if well:
        lines.append(catalogue.text(locale, "alerts.all_well"))
    return "\n".join(lines)


def _duration(catalogue: Catalogue, locale: str, seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 60:
        return catalogue.text(locale, "alerts.minutes", minutes=max(1, minutes))
    return catalogue.text(locale, "alerts.hours", hours=minutes // 60, minutes=minutes % 60)

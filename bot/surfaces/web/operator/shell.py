"""The page itself, which its own modules fill: one template for all of its views, with what they need at once."""

from functools import cache
from pathlib import Path
from typing import Any

from bot.locale import LOCALES
from bot.services import Services
from bot.store.characters import CONTRIBUTORS, REVIEWS
from bot.surfaces.web.boot import page

OPERATOR_STATIC = Path(__file__).parent / "static"
_SHARED = ("settings.",)  # of the chat page's texts: what the modules say that both pages use


def shell(services: Services, locale: str, view: str, number: int | None) -> str:
    """HTML of a view: "home", "character", "review", "run", "bot", "groups"; `number` is of whom it shows."""
    settings = services.settings
    data: dict[str, Any] = {
        "language": settings.language,
        "texts": {one: _texts(services, one) for one in LOCALES},
        "view": view,
        "number": number,
        "contributors": CONTRIBUTORS,
        "reviews": REVIEWS,
        "limits": {
            "minutes": settings.train_minutes,
            "zone": settings.timezone,
            "cooldown": settings.cooldown_seconds,
            "quota": settings.quota_per_day,
            "contributions": settings.contributions_per_day,
        },
    }
    return page(_template(), locale, data)


def _texts(services: Services, locale: str) -> dict[str, str]:
    shared = services.catalogue.table(locale, "web")
    kept = {key: text for key, text in shared.items() if key.startswith(_SHARED)}
    return kept | services.catalogue.table(locale, "operator")


@cache
def _template() -> str:
    return (OPERATOR_STATIC / "operator.html").read_text("utf-8")

"""Every text that the operator's page and its handlers ask for is there in both languages, and none for nobody."""

import re
from typing import get_args, get_type_hints

from bot.locale import LOCALES, Catalogue
from bot.pool.base import WorkerStatus
from bot.store.characters import CONTRIBUTORS, REVIEWS
from bot.surfaces.base import SurfaceHealth
from tests.bot.surfaces.web.test_texts import FILES

SOURCES = {name: text for name, text in FILES.items() if name.startswith("operator/")}
# keys that are put together in the page: t(`reviews.${name}`)
BUILT = {
    *(f"contributors.{word}" for word in CONTRIBUTORS),
    *(f"reviews.{word}" for word in REVIEWS),
    *(f"review.{word}" for word in ("waiting", "accepted", "refused")),
    *(f"review.{word}{mark}" for word in ("accept", "refuse", "ban", "pardon") for mark in ("", "_mark")),
    *(f"sheet.{word}" for word in ("pairs", "sheet", "strip", "animation")),
    *(f"worker.{word}" for word in get_args(get_type_hints(WorkerStatus)["state"])),
    *(f"surface.{word}" for word in get_args(get_type_hints(SurfaceHealth)["state"])),
}


def used() -> set[str]:
    found = {"title"} | BUILT
    for name, text in SOURCES.items():
        if name.endswith(".py"):
            found |= set(re.findall(r'"operator\.([\w.]+)"', text)) - {"html", "css"}
        else:
            found |= set(re.findall(r'data-(?:text|label)="([\w.]+)"', text))
            found |= set(re.findall(r'\bt\(\s*"([\w.]+)"', text))
            found |= set(re.findall(r'"((?:curve|bot|review)\.\w+)"', text))
    return {key for key in found if not key.startswith("settings.")}  # of the chat page's


def test_what_is_asked_for_is_there_and_nothing_else() -> None:
    assert set(Catalogue.load().table("en", "operator")) == used()


def test_both_languages_fill_the_same_fields() -> None:
    tables = [Catalogue.load().table(locale, "operator") for locale in LOCALES]
    assert tables[0].keys() == tables[1].keys()
    for key, text in tables[0].items():
        assert text.strip()
        assert set(re.findall(r"\{(\w+)\}", text)) == set(re.findall(r"\{(\w+)\}", tables[1][key])), key

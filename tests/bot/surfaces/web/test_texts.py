"""Every text that page and server ask for is there in both languages, and none is there for nobody."""

import re
from pathlib import Path

import bot.surfaces.web as web
from bot.locale import LOCALES, Catalogue

FOLDER = Path(web.__file__).parent
FILES = {
    p.relative_to(FOLDER).as_posix(): p.read_text("utf-8")
    for p in FOLDER.rglob("*")
    if p.suffix in (".js", ".html", ".py")
}
# the operator's page has texts of its own: tests.bot.surfaces.web.operator.test_texts
SOURCES = {name: text for name, text in FILES.items() if name.endswith(".py") or not name.startswith("operator/")}
# keys that are put together in the page: `greeting.${key}`
BUILT = re.compile(
    r"greeting\.(first|second|third)(_note)?|settings\.theme_(auto|light|dark)|status\.(connecting|offline)"
    r"|completion\.(yes|no|picture|faces|seed|text|member)"
)


def used() -> set[str]:
    found: set[str] = set()
    for name, text in SOURCES.items():
        if name.endswith(".py"):
            found |= set(re.findall(r'"web\.([\w.]+)"', text)) - {"secret"}  # a file's name
        else:
            found |= set(re.findall(r'data-(?:text|label|placeholder)="([\w.]+)"', text))
            found |= set(re.findall(r'\bt\(\s*"([\w.]+)"', text))
            found |= set(re.findall(r'iconButton\(\s*\w+,\s*"([\w.]+)"', text))
            found |= set(re.findall(r'"((?:answer|composer|lightbox|login|refused|status)\.\w+)"', text))
    return found


def test_what_is_asked_for_is_there() -> None:
    catalogue = Catalogue.load()
    for locale in LOCALES:
        have = set(catalogue.table(locale, "web"))
        assert used() - have == set()
        assert all(text.strip() for text in catalogue.table(locale, "web").values())


def test_no_text_is_there_for_nobody() -> None:
    have = set(Catalogue.load().table("en", "web"))
    assert {k for k in have - used() if not BUILT.fullmatch(k)} == set()


def test_both_languages_fill_the_same_fields() -> None:
    catalogue = Catalogue.load()
    tables = [catalogue.table(locale, "web") for locale in LOCALES]
    assert tables[0].keys() == tables[1].keys()
    for key, text in tables[0].items():
        assert set(re.findall(r"\{(\w+)\}", text)) == set(re.findall(r"\{(\w+)\}", tables[1][key])), key


def test_the_page_never_reads_text_as_markup() -> None:
    ways = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function")
    assert [name for name, text in FILES.items() if name.endswith(".js") and ways.search(text)] == []

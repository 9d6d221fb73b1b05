"""Every text in every language, with the same fields."""

import re
import string
from pathlib import Path

import plugins
from bot.command import Kind
from bot.commands import Commands
from bot.locale import LOCALES, Catalogue

CATALOGUE = Catalogue.load()
ROOT = Path(__file__).parents[2]


def _fields(pattern: str) -> set[str]:
    # A command goes by its own name in either language, and both are given wherever one is.
    return {name for _, name, _, _ in string.Formatter().parse(pattern) if name} - {"zh", "command", "name", "local"}


def test_the_languages_have_the_same_texts() -> None:
    zh, en = (CATALOGUE.keys(locale) for locale in LOCALES)
    assert zh ^ en == set()


def test_fields_of_one_text_are_known_to_the_other_language() -> None:
    """A language may leave a field out where its grammar does without; it may not ask for one that nobody gives."""
    for key in sorted(CATALOGUE.keys("en")):
        zh, en = (_fields(CATALOGUE._texts[locale][key]) for locale in LOCALES)
        assert zh <= en or en <= zh, key


def test_every_key_in_the_code_is_in_the_catalogue() -> None:
    wanted = set()
    for floor in ("bot", "plugins"):
        for file in (ROOT / floor).rglob("*.py"):
            wanted |= set(
                re.findall(r'(?:UserError|\.text)\(\s*(?:locale,\s*)?"([a-z_]+\.[a-z_.]+)"', file.read_text("utf-8"))
            )
    missing = {key for key in wanted if not CATALOGUE.has(key)}
    assert wanted
    assert not missing


def test_every_command_and_option_is_described() -> None:
    for command in Commands.discover(plugins).all():
        assert CATALOGUE.has(f"command.{command.name}.summary"), command.name
        for option in command.options:
            key = f"command.{command.name}.option.{option.name}"
            assert CATALOGUE.has(f"{key}.name"), key
            assert CATALOGUE.has(f"{key}.help"), key
            if option.kind is Kind.CHOICE:
                assert all(CATALOGUE.has(f"choice.{option.name}.{choice}") for choice in option.choices)


def test_local_option_names_do_not_collide_within_a_command() -> None:
    for command in Commands.discover(plugins).all():
        for locale in LOCALES:
            names = [CATALOGUE.text(locale, f"command.{command.name}.option.{o.name}.name") for o in command.options]
            assert len(set(names)) == len(names), command.name


def test_a_platforms_name_for_a_language_finds_the_nearest() -> None:
    assert Catalogue.nearest("zh_TW") == "zh-CN"
    assert Catalogue.nearest("zh-Hans-CN") == "zh-CN"
    assert Catalogue.nearest("en-GB") == "en"
    assert Catalogue.nearest("fr") == "en"
    assert Catalogue.nearest(None) == "en"

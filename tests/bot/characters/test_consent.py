import hashlib

import pytest

from bot.characters import consent
from bot.command import UserError
from bot.locale import LOCALES, Catalogue
from tests.bot.store.conftest import settings_of

ASKED = {1: "3993f03ce7af4c58"}
"""Versions of the text -> its hash in all languages."""


def test_another_text_is_another_version() -> None:
    """Whoever changes what is asked adds a line to ASKED and the same number to `consent.TEXT`: all are asked anew."""
    catalogue = Catalogue.load()
    text = "\n".join(catalogue.text(locale, "consent.ask") for locale in LOCALES)
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == ASKED[consent.TEXT]
    assert max(ASKED) == consent.TEXT


def test_the_text_says_how_to_take_it_back() -> None:
    for locale in LOCALES:
        assert "/forgetme" in Catalogue.load().text(locale, "consent.ask")


def test_only_discord_is_asked_about(tmp_path) -> None:
    settings = settings_of(tmp_path)
    for surface in ("qq", "web"):
        consent.check_surface(settings, surface)
    with pytest.raises(UserError) as caught:
        consent.check_surface(settings, "discord")
    assert caught.value.key == "contribute.not_on_discord"
    consent.check_surface(settings.model_copy(update={"discord_contributions": True}), "discord")

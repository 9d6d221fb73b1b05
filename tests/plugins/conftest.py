"""Plugins are tested in a whole bot."""

from tests.bot.conftest import home

__all__ = ["home"]

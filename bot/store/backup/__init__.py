"""All that the bot keeps, in one file, and back, onto any database that the bot can use (docs/backup.md)."""

from bot.store.backup.archive import Manifest, Progress, Refused
from bot.store.backup.making import backup
from bot.store.backup.restoring import restore

__all__ = ["Manifest", "Progress", "Refused", "backup", "restore"]

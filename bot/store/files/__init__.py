"""Files by content: what is in them names them. In a folder, or in an S3-compatible store (`opening.open_files`)."""

from bot.store.files.base import KEY, Place, StorageFull
from bot.store.files.content import MEASURE_SECONDS, Files
from bot.store.files.folder import Folder

__all__ = ["KEY", "MEASURE_SECONDS", "Files", "Folder", "Place", "StorageFull"]

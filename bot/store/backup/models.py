"""The folder of models as a backup is put back: unpacked beside it, then put in its place, or taken away again."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bot.store.backup.archive import MODEL, Damaged, Hashing, Manifest, Progress, Refused
from bot.store.backup.reading import AT_ONCE, Archive, Content
from bot.store.files.folder import sync_folder


class Models:
    """`unpack`, `swap`, then `tidy`; or `undo`, whatever has been done of it. All of them block.

    Where the backup holds no models, what is there stays.
    """

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self._folder = folder
        self._manifest = manifest
        self._new: Path | None = None
        self._old: Path | None = None
        self._swapped = False

    def check(self) -> None:
        """Raises `Refused` where there are models that the backup's would take the place of."""
        if self._manifest.models and self._folder.is_dir() and any(self._folder.iterdir()):
            raise Refused(
                f"{self._folder} is not empty; --replace puts the backup in the place of everything that is there"
            )

    def unpack(self, archive: Archive, progress: Progress) -> None:
        """Beside the folder: on the same disk, where a name can be changed at once."""
        if not self._manifest.models:
            return
        self._new = Path(tempfile.mkdtemp(dir=self._folder.parent, prefix=".models-"))
        for done, (path, content) in enumerate(_models_in(archive), start=1):
            if _write(self._new / path, content) != self._manifest.models[path].sha256:
                raise Damaged("the backup was changed while it was read")
            progress("files of models", done, len(self._manifest.models))
        self._new.chmod(0o755)  # as any folder of the bot's, where mkdtemp makes its own

    def swap(self) -> None:
        if self._new is None:
            return
        if self._folder.exists():
            self._old = Path(tempfile.mkdtemp(dir=self._folder.parent, prefix=".models-old-"))
            self._folder.rename(self._old / "models")
        self._new.rename(self._folder)
        self._swapped = True
        sync_folder(self._folder.parent)

    def undo(self) -> None:
        if self._swapped:
            shutil.rmtree(self._folder, ignore_errors=True)
        elif self._new is not None:
            shutil.rmtree(self._new, ignore_errors=True)
        if self._old is not None:
            if (self._old / "models").exists():
                (self._old / "models").rename(self._folder)
            self._old.rmdir()

    def tidy(self) -> None:
        if self._old is not None:
            shutil.rmtree(self._old, ignore_errors=True)


def _models_in(archive: Archive) -> Iterator[tuple[str, Content]]:
    for name, _, content in archive.members():
        if MODEL.fullmatch(name):
            yield name.removeprefix("models/"), content


def _write(path: Path, content: Content) -> str:
    """Gives the sha256 of what was written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    hashing = Hashing(content)
    with path.open("xb") as file:
        while some := hashing.read(AT_ONCE):
            file.write(some)
        file.flush()
        os.fsync(file.fileno())
    return hashing.sha256

"""The process that reads a checkpoint, `python -m bot.importing.reader`: asked by stdin, it answers with a JSON object.

It knows no secrets, takes only so much memory, and whatever becomes of it the file that it read harms nobody else.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

MEMORY = 1_500_000_000  # bytes, and more for a large file:
TIMES = 5  # mapped, copied out of it as float32, and again into the file that is written


def main() -> int:
    """Exit status: 0 the folder is there; 1 refused."""
    asked = json.load(sys.stdin)
    try:
        answer = {"said": _import(Path(asked["file"]), Path(asked["folder"]), asked["use"])}
    except Exception as error:  # what nobody thought of, too: the file is to blame, and a traceback helps nobody
        answer = {"refused": _reason(error)}
    print(json.dumps(answer))
    return 0 if "said" in answer else 1


def _import(file: Path, folder: Path, use: str) -> list[str]:
    from bot.pool.memory import limit_memory
    from models.checkpoint import save_model
    from models.stylegan.importers import import_checkpoint

    size = file.stat().st_size if file.is_file() else 0
    limit_memory(MEMORY + TIMES * size)
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    found = import_checkpoint(file, use)
    save_model(folder, found.tensors, found.config, found.card)
    return [*found.said]


def _reason(error: Exception) -> str:
    """The rest of a sentence that the file's name begins."""
    from models.checkpoint import CheckpointError
    from models.foreign.errors import Unreadable, named

    if isinstance(error, Unreadable | CheckpointError):
        return str(error)
    if isinstance(error, MemoryError) or "allocate memory" in str(error):
        return "needs more memory than a file of its size may take"
    if isinstance(error, FileNotFoundError):
        return "does not exist"
    if isinstance(error, OSError):
        return f"cannot be read, or its model cannot be written: {error.strerror or error}"
    return f"is damaged, or no checkpoint that is known here ({type(error).__name__}: {named(error)})"


if __name__ == "__main__":
    raise SystemExit(main())

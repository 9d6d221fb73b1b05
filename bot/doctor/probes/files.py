"""Looks into the S3-compatible store that FILES_URL names."""

from __future__ import annotations

import os
from typing import Any

from bot.doctor.probes import answer, why


def look(asked: dict[str, Any]) -> dict[str, Any]:
    """`asked`: `url`, `options`. `trouble`: "", "package", "missing", "refused" or "unreachable"; `detail`."""
    os.environ.setdefault("AWS_MAX_ATTEMPTS", "1")  # somebody waits for the answer
    try:
        import fsspec

        filesystem, path = fsspec.url_to_fs(asked["url"], **asked["options"])
    except ImportError as error:
        return {"trouble": "package", "detail": str(error)}
    except Exception as error:
        return {"trouble": "unreachable", "detail": why(error)}
    try:
        filesystem.ls(path.partition("/")[0])  # the bucket: the folder in it is there only once something lies in it
    except FileNotFoundError as error:
        return {"trouble": "missing", "detail": why(error)}
    except PermissionError as error:
        return {"trouble": "refused", "detail": why(error)}
    except Exception as error:
        return {"trouble": "unreachable", "detail": why(error)}
    return {"trouble": ""}


if __name__ == "__main__":
    answer(look)

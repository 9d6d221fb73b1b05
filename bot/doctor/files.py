"""The store that keeps files elsewhere, where FILES_URL names one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bot.doctor.finding import Finding, bad, good
from bot.doctor.probe import probe
from bot.doctor.python import extra

if TYPE_CHECKING:
    from bot.settings import Settings


async def check_files(settings: Settings, limit: float) -> list[Finding]:
    """The store that FILES_URL names can be looked into; nothing where files lie in STORAGE_DIR."""
    if settings.files_url is None:
        return []
    options = settings.files_options.get_secret_value() if settings.files_options else "{}"
    try:
        options = json.loads(options)
        if not isinstance(options, dict):
            raise ValueError
    except ValueError:
        return [bad("files", "options")]
    outcome = await probe("files", {"url": settings.files_url, "options": options}, limit)
    if outcome.ended:
        return [bad("files", "slow" if outcome.ended == "slow" else "unreachable", detail=outcome.detail)]
    if trouble := outcome.said["trouble"]:
        return [bad("files", trouble, detail=outcome.said["detail"], command=extra("s3"))]
    return [good("files", "ready")]

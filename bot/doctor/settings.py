"""`.env` and the environment: each wrong value by its name, and what was probably meant by names that nobody reads."""

from __future__ import annotations

import difflib
import stat
import sys
from typing import Any

from bot.doctor.configured import Configuration, Wrong
from bot.doctor.finding import Finding, Phrase, bad, good, note, warn

KINDS = {
    "not_json": "list",
    "frozen_set_type": "list",
    "int_parsing": "whole",
    "int_type": "whole",
    "float_parsing": "number",
    "bool_parsing": "yes_no",
    "greater_than": "more",
    "greater_than_equal": "least",
    "less_than_equal": "most",
    "literal_error": "one_of",
    "string_pattern_mismatch": "ids",
}
ALIKE = 0.8  # of the letters of a name must be those of a setting, in order, to pass for a slip of the pen


async def check_settings(configuration: Configuration) -> list[Finding]:
    """The file can be read, every value can be used, and no name is a slip of the pen."""
    findings = []
    if configuration.unreadable:
        findings.append(bad("settings", f"file_{configuration.unreadable}", file=configuration.file))
    for line in configuration.faulty_lines:
        findings.append(warn("settings", "line", file=configuration.file, line=line))
    findings += [bad("settings", "wrong", name=wrong.name, why=_why(wrong)) for wrong in configuration.wrong]
    if configuration.refused:
        findings.append(bad("settings", "refused", words=configuration.refused))
    if configuration.settings is not None:
        findings += _slips(configuration, configuration.settings)
        findings += _open_doors(configuration.settings, {wrong.name for wrong in configuration.wrong})
    if (exposed := _exposed(configuration)) is not None:
        findings.append(exposed)
    return findings or [_well(configuration)]


def _well(configuration: Configuration) -> Finding:
    if configuration.in_file:
        return good("settings", "read", file=configuration.file, count=len(configuration.in_file))
    return note("settings", "none", file=configuration.file)


def _why(wrong: Wrong) -> Phrase:
    kind = KINDS.get(next(iter(wrong.kinds))) if len(wrong.kinds) == 1 else None
    kind = "zone" if wrong.name == "TIMEZONE" else kind
    value = Phrase("settings.given", {"value": wrong.value}) if wrong.value else Phrase("settings.given_secret")
    limit = next((wrong.limits[name] for name in ("ge", "gt", "le", "expected") if name in wrong.limits), "")
    return Phrase(f"settings.why.{kind or 'other'}", {"given": value, "limit": limit, "words": wrong.words})


def _slips(configuration: Configuration, settings: Any) -> list[Finding]:
    known = [name.upper() for name in type(settings).model_fields]
    found = []
    for name in configuration.in_file:
        if name.upper() not in known and (near := difflib.get_close_matches(name.upper(), known, 1, ALIKE)):
            found.append(warn("settings", "slip", name=name, near=near[0], file=configuration.file))
    return found


def _open_doors(settings: Any, wrong: set[str]) -> list[Finding]:
    """What can be set so, and is seldom meant so; `wrong` are the settings that were meant otherwise anyhow."""
    findings = []
    if not settings.loopback and settings.web_password is None:
        findings.append(warn("settings", "no_password", host=settings.host))
    if settings.web_password is not None and len(settings.web_password.get_secret_value()) < 8:
        findings.append(warn("settings", "short_password"))
    chats = settings.discord_token or settings.onebot_ws_urls or settings.onebot_access_token
    if chats and not settings.superusers and "SUPERUSERS" not in wrong:
        findings.append(warn("settings", "no_superuser"))
    return findings


def _exposed(configuration: Configuration) -> Finding | None:
    """Other people on this machine can read the tokens in the file."""
    if sys.platform == "win32" or not configuration.secrets:
        return None
    try:
        mode = configuration.file.stat().st_mode
        text = configuration.file.read_text("utf-8")
    except (OSError, ValueError):
        return None
    if not mode & stat.S_IROTH or not any(secret in text for secret in configuration.secrets):
        return None
    return warn("settings", "exposed", file=configuration.file)

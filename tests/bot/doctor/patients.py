"""Machines for the doctor to look at."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.doctor.finding import Finding, Sign
from bot.doctor.report import Words
from bot.locale import LOCALES, Catalogue
from bot.settings import Settings

CATALOGUE = Catalogue.load()


def settings(tmp_path: Path, **given: Any) -> Settings:
    return Settings(_env_file=None, **{"storage_dir": tmp_path / "var", **given})  # type: ignore[call-arg]


def told(findings: Sequence[Finding]) -> list[tuple[Sign, str]]:
    """The findings as signs and words, after each was said in every language: a missing text or field raises, or
    comes back as its key."""
    for finding in findings:
        for locale in LOCALES:
            line = Words(CATALOGUE, locale).line(finding)
            assert not any(text.startswith("doctor.") for text in (line.title, line.found, line.do)), finding
            if finding.sign in (Sign.WARN, Sign.BAD):
                assert line.do, f"{finding.check}.{finding.what} does not say what to do"
    return [(finding.sign, finding.what) for finding in findings]

"""The findings as a page of text, or as JSON; in the operator's language, and without a secret in it."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.doctor.finding import Finding, Phrase, Sign
from bot.locale import Catalogue

COLORS = {Sign.GOOD: "32", Sign.NOTE: "2", Sign.WARN: "33", Sign.BAD: "1;31"}
PLAIN_SIGNS = {Sign.GOOD: "+", Sign.NOTE: "-", Sign.WARN: "!", Sign.BAD: "x"}
HIDDEN = "•••"


@dataclass(frozen=True, slots=True)
class Line:
    """A finding in words. `do` is empty where nothing is to be done."""

    check: str
    sign: Sign
    title: str
    found: str
    do: str


class Words:
    """Finds the words of one language; what is secret is hidden in whatever comes out."""

    def __init__(self, catalogue: Catalogue, language: str, secrets: Sequence[str] = ()) -> None:
        self._catalogue = catalogue
        self._language = language
        self._secrets = secrets

    def say(self, key: str, **values: Any) -> str:
        """The text `doctor.<key>`."""
        filled = {name: self._value(value) for name, value in values.items()}
        return self._hide(self._catalogue.text(self._language, f"doctor.{key}", **filled))

    def line(self, finding: Finding) -> Line:
        key = f"{finding.check}.{finding.what}"
        if finding.what.startswith("check_"):
            key = finding.what
        do = self.say(f"{key}_do", **finding.values) if self._catalogue.has(f"doctor.{key}_do") else ""
        title = self.say(f"{finding.check}.title")
        return Line(finding.check, finding.sign, title, self.say(key, **finding.values), do)

    def verdict(self, findings: Sequence[Finding]) -> str:
        """One sentence at the end."""
        to_mend = sum(finding.sign is Sign.BAD for finding in findings)
        warnings = sum(finding.sign is Sign.WARN for finding in findings)
        if to_mend:
            return self.say("verdict.mend_one" if to_mend == 1 else "verdict.mend", count=to_mend)
        if any(finding.check == "port" and finding.what.startswith("running") for finding in findings):
            return self.say("verdict.running")
        if warnings:
            return self.say("verdict.ready_but", count=warnings)
        return self.say("verdict.ready")

    def _value(self, value: Any) -> str:
        return self.say(value.key, **value.values) if isinstance(value, Phrase) else str(value)

    def _hide(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return text


def is_ready(findings: Sequence[Finding]) -> bool:
    """Whether the bot can run as it is."""
    return all(finding.sign is not Sign.BAD for finding in findings)


def as_text(line: Line, width: int, *, plain: bool, color: bool) -> str:
    """One finding for a terminal. `width` of the titles in columns; `plain` for one that knows no ✓."""
    sign = PLAIN_SIGNS[line.sign] if plain else line.sign.value
    if color:
        sign = f"\x1b[{COLORS[line.sign]}m{sign}\x1b[0m"
    shown = f"  {sign} {line.title}{' ' * (width - columns(line.title))}  {line.found}"
    if not line.do:
        return shown
    arrow = "->" if plain else "→"
    return "\n".join([shown, *(f"{' ' * (width + 6)}{arrow} {part}" for part in line.do.splitlines())])


def as_json(lines: Sequence[Line], ready: bool, verdict: str) -> str:
    """The whole report for programs: `ready`, `verdict`, and `findings` with `sign` good, note, warn or bad."""
    findings: list[Mapping[str, str]] = [
        {"check": line.check, "sign": line.sign.name.lower(), "title": line.title, "found": line.found, "do": line.do}
        for line in lines
    ]
    return json.dumps({"ready": ready, "verdict": verdict, "findings": findings}, ensure_ascii=False, indent=1)


def columns(text: str) -> int:
    """How many columns of a terminal a text takes: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)

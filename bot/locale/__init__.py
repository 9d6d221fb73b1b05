"""The message catalogue: every text that a member sees, in zh-CN and en.

One folder a language, one TOML file a room; nested tables make dotted keys (`gate.cooldown`). Texts are
`str.format` patterns with named fields.
"""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

LOCALES = ("zh-CN", "en")


class Catalogue:
    """Looks texts up; a missing text is a defect (a test compares the languages), shown as its key."""

    def __init__(self, texts: Mapping[str, Mapping[str, str]]) -> None:
        self._texts = texts

    @classmethod
    def load(cls, folder: Path = Path(__file__).parent) -> "Catalogue":
        texts: dict[str, dict[str, str]] = {}
        for locale in LOCALES:
            texts[locale] = {}
            for file in sorted((folder / locale).glob("*.toml")):
                texts[locale].update(_flatten(tomllib.loads(file.read_text("utf-8"))))
        return cls(texts)

    def text(self, locale: str, key: str, **values: Any) -> str:
        """The text `key` in `locale` (the nearest there is), with its fields filled."""
        pattern = self._texts[self.nearest(locale)].get(key)
        return key if pattern is None else pattern.format(**values)

    def has(self, key: str) -> bool:
        return all(key in self._texts[locale] for locale in LOCALES)

    def keys(self, locale: str) -> frozenset[str]:
        return frozenset(self._texts[locale])

    def table(self, locale: str, prefix: str) -> dict[str, str]:
        """All texts below `prefix.`, by the rest of their keys: what the page is sent for its own labels."""
        start = prefix + "."
        return {k[len(start) :]: v for k, v in self._texts[self.nearest(locale)].items() if k.startswith(start)}

    @staticmethod
    def nearest(locale: str | None) -> str:
        """The catalogue's language for what a platform calls it: zh, zh-TW, zh_Hans -> zh-CN; all else -> en."""
        if locale in LOCALES:
            return locale
        return "zh-CN" if (locale or "").lower().replace("_", "-").split("-")[0] == "zh" else "en"


def _flatten(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", str(value)

"""The commands that there are: found by walking `plugins/`."""

from __future__ import annotations

import difflib
import importlib
import itertools
import pkgutil
from collections.abc import Iterable, Iterator
from types import ModuleType

from loguru import logger

from bot.command import Command


class Commands:
    """Looks commands up by any of their names. Raises `ValueError` where two claim one name, or a command that of a
    group."""

    def __init__(self, commands: Iterable[Command]) -> None:
        self._by_name: dict[str, Command] = {}
        self._groups: dict[str, list[Command]] = {}
        self._all: list[Command] = []
        for command in commands:
            for name in _names(command):
                if name in self._by_name:
                    raise ValueError(f"two commands are called {name!r}")
                self._by_name[name] = command
            for group in {name.partition(" ")[0].casefold() for name in (command.name, command.zh) if command.group}:
                self._groups.setdefault(group, []).append(command)
            self._all.append(command)
        if both := self._groups.keys() & self._by_name.keys():
            raise ValueError(f"{min(both)!r} is both a command and a group of commands")

    @classmethod
    def discover(cls, package: ModuleType) -> Commands:
        """Every command in the modules of `package`. A plugin that cannot be imported is logged and left out."""
        found: list[Command] = []
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            try:
                imported = importlib.import_module(module.name)
            except Exception:
                logger.exception("plugin {} could not be loaded; the bot goes on without it", module.name)
                continue
            for value in vars(imported).values():
                command = getattr(value, "__nijigen_command__", None)
                if isinstance(command, Command) and value.__module__ == imported.__name__:
                    found.append(command)
        return cls(found)

    def all(self) -> Iterator[Command]:
        return iter(self._all)

    def get(self, name: str) -> Command | None:
        """The command of this name, English or Chinese, in any case."""
        return self._by_name.get(" ".join(name.casefold().split()))

    def group(self, name: str) -> list[Command]:
        """The commands of a group, by its name in either language; [] where there is none such."""
        return self._groups.get(name.casefold(), [])

    def nearest(self, name: str) -> Command | None:
        """What somebody who typed `name` may have meant; None where nothing comes near."""
        near = difflib.get_close_matches(name.casefold(), self._by_name, n=1, cutoff=0.6)
        return self._by_name[near[0]] if near else None


def _names(command: Command) -> list[str]:
    """All that it goes by; of a group, each word in either language."""
    words = zip(command.name.split(), command.zh.split(), strict=True)
    names = [" ".join(chosen) for chosen in itertools.product(*words)]
    return list(dict.fromkeys(name.casefold() for name in (*names, *command.aliases)))

"""What the bot is made of, handed to whoever needs it: no globals."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.characters.runs import Trainings
from bot.characters.scheduling import Scheduling
from bot.characters.sets import Pictures
from bot.door import Door
from bot.likeness.library import Library

if TYPE_CHECKING:
    from bot.commands import Commands
    from bot.gate import Gate
    from bot.locale import Catalogue
    from bot.monitoring.metrics import Metrics
    from bot.pool.base import Pool
    from bot.settings import Settings
    from bot.store import Store
    from bot.surfaces.base import Hears, Surface
    from models.registry import Registry


@dataclass(slots=True)
class Services:
    """Built once by `bot.app`; `surfaces` and `dispatcher` are filled in as they come up."""

    settings: Settings
    catalogue: Catalogue
    commands: Commands
    store: Store
    models: Registry
    pool: Pool
    gate: Gate
    metrics: Metrics
    surfaces: dict[str, Surface] = field(default_factory=dict)
    door: Door = field(init=False)  # for pictures from members
    likeness: Library = field(init=False)  # what faces look like, for comparing
    scheduling: Scheduling = field(init=False)  # when characters are trained by themselves

    def __post_init__(self) -> None:
        self.door = Door(self.settings)
        self.likeness = Library(self.settings.storage_dir / "embeddings")
        self.scheduling = Scheduling(self.store, self.settings.timezone)

    @property
    def trainings(self) -> Trainings:
        """Of characters; built when they are first asked for: what speaks to a platform alone has neither store nor
        models."""
        if self._trainings is None:
            characters, pictures = self.store.characters.get, Pictures(self.store)
            self._trainings = Trainings(self.settings, self.store, self.models, self.pool, characters, pictures)
        return self._trainings

    @trainings.setter
    def trainings(self, trainings: Trainings) -> None:
        self._trainings = trainings

    @property
    def dispatcher(self) -> Hears:
        if self._dispatcher is None:
            raise RuntimeError("the dispatcher is not built yet")
        return self._dispatcher

    @dispatcher.setter
    def dispatcher(self, dispatcher: Hears) -> None:
        self._dispatcher = dispatcher

    _dispatcher: Hears | None = None
    _trainings: Trainings | None = None

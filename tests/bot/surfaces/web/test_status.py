from types import SimpleNamespace
from typing import Any

from bot.pool.base import PoolStatus, WorkerStatus
from bot.surfaces.web.status import shown_status, status_of


def test_members_see_which_models_are_loaded_and_no_group_the_characters_of_another():
    workers = (
        WorkerStatus("model-0", "model", "cpu", "busy", models={"waifu@starter": 4, "c12@20260131T100001-000001": 1}),
        WorkerStatus("model-1", "model", "cpu", "dead", models={"c3": 2, "cute@20260131T100001-000001": 1}),
    )
    services: Any = SimpleNamespace(pool=SimpleNamespace(status=lambda: PoolStatus(3, 1, workers)))
    shown = shown_status(services)
    assert shown["models"] == ["cute@20260131T100001-000001", "waifu@starter"]
    assert (shown["queue"], shown["running"], shown["workers"], shown["up"]) == (3, 1, 2, 1)
    assert len(status_of(services)["models"]) == 4

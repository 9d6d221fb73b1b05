"""The dashboard, the rules and the docs, held against what `/metrics` of a bot really shows."""

from __future__ import annotations

import itertools
import json
import re
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from bot.monitoring.metrics import OUTCOMES
from tests.bot.house import house
from tests.bot.monitoring.peers import StillSurface

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "deploy"
OF_PROMETHEUS = {"instance", "job"}  # labels that it adds itself; ours of that name would be renamed to exported_…
NAME = re.compile(r"\b(up|(?:nijigen|process)_[a-z_]+)(?:\{([^}]*)\})?(?![a-z_(])")
MATCHER = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"')

Samples = dict[str, list[dict[str, str]]]  # name -> the labels of each of its samples


@pytest.fixture
async def samples(tmp_path: Path) -> AsyncIterator[Samples]:
    """What a scrape shows of a bot to which everything that is counted has happened."""
    async with house(tmp_path) as home:
        services, metrics = home.services, home.services.metrics
        services.surfaces["qq"] = StillSurface("qq")
        metrics.watch(services.pool, services.surfaces, services.store.database.connections)
        await home.ask("/waifu 1")
        await home.ask("/nothing")
        for outcome in (*OUTCOMES, "gate.cooldown"):
            metrics.command("waifu", outcome, 0.1, "qq")
        for well in (True, False):
            metrics.message("qq", well)
            metrics.job("clean-up", well)
        shown: Samples = {"up": [{}]}  # Prometheus's own: whether the scrape went well
        for family in text_string_to_metric_families(metrics.render().decode()):
            for sample in family.samples:
                shown.setdefault(sample.name, []).append(dict(sample.labels))
        yield shown


def _dashboard() -> dict[str, Any]:
    return json.loads((FOLDER / "grafana" / "dashboard.json").read_text("utf-8"))


def _panels() -> list[dict[str, Any]]:
    return [panel for panel in _dashboard()["panels"] if panel["type"] != "row"]


def _rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load((FOLDER / "prometheus" / "alerts.yml").read_text("utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def _queries() -> Iterator[str]:
    yield from (target["expr"] for panel in _panels() for target in panel["targets"])
    yield from (rule["expr"] for rule in _rules())


def _faults(query: str, samples: Samples) -> Iterator[str]:
    """What a query asks for that a bot does not show."""
    labels: set[str] = set(OF_PROMETHEUS)
    for name, matchers in NAME.findall(query):
        if name not in samples:
            yield f"no metric {name}"
            continue
        known = {label for sample in samples[name] for label in sample}
        labels |= known
        for label, operator, value in MATCHER.findall(matchers):
            if label in OF_PROMETHEUS:
                continue
            if label not in known:
                yield f"{name} has no label {label}"
                continue
            values = {sample.get(label) for sample in samples[name]}
            wanted = value.split("|") if "~" in operator else [value]
            yield from (f"{name}: {label} is never {one}" for one in wanted if one not in values)
    for group in re.findall(r"\bby \(([^)]*)\)", query):
        yield from (f"nothing has a label {name}" for name in re.split(r",\s*", group) if name not in labels)


@pytest.mark.skipif(sys.platform != "linux", reason="process_… is read from /proc")
async def test_every_query_asks_for_what_a_bot_shows(samples: Samples) -> None:
    queries = list(_queries())
    assert len(queries) > 30
    faults = {query: found for query in queries if (found := list(_faults(query, samples)))}
    assert not faults


@pytest.mark.parametrize(
    "query",
    [
        "sum(nijigen_nothing)",
        'nijigen_surface{platform="qq"}',
        'nijigen_surface{state="sleeping"}',
        "sum by (member) (nijigen_pool_waiting)",
        'rate(nijigen_command_seconds_count{outcome!~"ok|splendid"}[5m])',
    ],
)
async def test_a_query_for_what_is_not_there_would_be_found(samples: Samples, query: str) -> None:
    assert list(_faults(query, samples))


async def test_no_label_says_who_asked_or_what(samples: Samples) -> None:
    labels = {label for one in samples.values() for sample in one for label in sample}
    assert labels == {"command", "outcome", "surface", "key", "name", "lane", "state", "worker", "kind", "le"}
    assert not labels & OF_PROMETHEUS
    assert {s["key"] for s in samples["nijigen_refusals_total"]} == {"error.unknown_command"}


async def test_the_docs_name_every_metric(samples: Samples) -> None:
    ours = (name for name in samples if name.startswith("nijigen_") and not name.endswith("_created"))
    families = {re.sub(r"_(bucket|count|sum)$", "", name) for name in ours}
    for file in ("monitoring.md", "monitoring.zh-CN.md"):
        named = set(re.findall(r"nijigen_[a-z_]+[a-z]", (ROOT / "docs" / file).read_text("utf-8")))
        assert named == families, file


def test_a_legend_speaks_of_labels_that_its_query_keeps() -> None:
    for target in (target for panel in _panels() for target in panel["targets"]):
        kept = {name.strip() for group in re.findall(r"\bby \(([^)]*)\)", target["expr"]) for name in group.split(",")}
        assert set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"])) <= kept, target["expr"]


def test_the_dashboard_asks_the_data_source_that_its_reader_chose() -> None:
    dashboard = _dashboard()
    names = {variable["name"]: variable for variable in dashboard["templating"]["list"]}
    assert names["datasource"]["type"] == "datasource"
    for panel in _panels():
        for asked in (panel, *panel["targets"]):
            assert asked["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
        assert all("$instance" in target["expr"] for target in panel["targets"])


def test_panels_stand_beside_each_other() -> None:
    panels = _dashboard()["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    places = [panel["gridPos"] for panel in panels]
    assert all(place["x"] >= 0 and place["x"] + place["w"] <= 24 for place in places)
    for one, other in itertools.combinations(places, 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        below = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert beside or below, (one, other)


def test_prometheus_is_pointed_at_the_bot_and_at_its_rules() -> None:
    config = yaml.safe_load((FOLDER / "prometheus" / "prometheus.yml").read_text("utf-8"))
    assert all((FOLDER / "prometheus" / name).is_file() for name in config["rule_files"])
    (job,) = config["scrape_configs"]
    assert (job["job_name"], job["metrics_path"]) == ("nijigen", "/metrics")
    assert job["static_configs"] == [{"targets": ["127.0.0.1:8080"]}]  # where a bot is with nothing configured


def test_every_rule_says_what_happened_and_what_to_do() -> None:
    for rule in _rules():
        assert rule["annotations"]["summary"], rule["alert"]
        assert rule["annotations"]["description"], rule["alert"]
        assert rule["labels"]["severity"] in ("page", "ticket")

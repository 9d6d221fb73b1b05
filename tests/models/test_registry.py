import json
import subprocess
import sys
from pathlib import Path

import pytest

from models.registry import Registry, UnknownModel

OLD, NEW = "20250101T000000-0000aa", "20260131T101500-1a2b3c"


def store(folder: Path, config: str = '{"family": "dcgan"}') -> None:
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(config)
    (folder / "model.safetensors").write_bytes(b"")


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    store(tmp_path / "weights" / "waifu", json.dumps({"kimg": 1}))
    store(tmp_path / "models" / "waifu" / NEW, json.dumps({"kimg": 3}))
    store(tmp_path / "models" / "waifu" / OLD, json.dumps({"kimg": 2}))
    store(tmp_path / "weights" / "moe")
    return Registry(tmp_path / "models", tmp_path / "weights")


def test_a_bare_name_is_the_newest_stored_version(registry: Registry):
    version = registry.resolve("waifu")
    assert (version.id, version.config["kimg"]) == (f"waifu@{NEW}", 3)
    assert version.folder == registry.models_dir / "waifu" / NEW


def test_a_bare_name_is_the_starter_where_nothing_is_stored(registry: Registry):
    assert registry.resolve("moe").id == "moe@starter"


def test_a_version_says_whose_weights_it_holds(registry: Registry):
    version = registry.resolve("waifu")
    file = version.folder / "model.safetensors"
    names = {"__metadata__": {}, "G_ema.a.weight": {}, "G_ema.b": {}, "D.a": {}}
    header = json.dumps(names).encode()
    file.write_bytes(len(header).to_bytes(8, "little") + header + bytes(100))
    assert version.networks() == {"G_ema", "D"}
    for damaged in (b"", header, b"\xff" * 100, (2**62).to_bytes(8, "little"), (9).to_bytes(8, "little") + b"[[" * 50):
        file.write_bytes(damaged)
        assert version.networks() == frozenset()
    file.unlink()
    assert version.networks() == frozenset()


def test_a_version_is_taken_by_its_name(registry: Registry):
    assert registry.resolve(f"waifu@{OLD}").config["kimg"] == 2
    assert registry.resolve("waifu@starter").config["kimg"] == 1


def test_a_name_means_the_version_that_somebody_has_said_it_means(registry: Registry):
    current = registry.models_dir / "waifu" / "current"
    current.write_text(f"{OLD}\n")
    assert registry.resolve("waifu").version == OLD
    assert registry.resolve(f"waifu@{NEW}").version == NEW
    current.write_text("starter")
    assert registry.resolve("waifu").id == "waifu@starter"
    for none in ("", "20200101T000000-abcdef", "../../etc", "x" * 1000):
        current.write_text(none)
        with pytest.raises(UnknownModel):
            registry.resolve("waifu")
    current.write_text("")
    assert registry.names() == ["moe"]


def test_a_version_that_is_being_written_does_not_count(registry: Registry):
    (registry.models_dir / "waifu" / "20270101T000000-ffffff").mkdir()
    (registry.models_dir / "waifu" / ".20270101T000000-ffffff.part").mkdir()
    assert registry.resolve("waifu").version == NEW


@pytest.mark.parametrize("name", ["rei", "waifu@20200101T000000-000000", "moe@20260131T101500-1a2b3c", "waifu@newest"])
def test_an_unknown_model_is_refused_with_what_there_is(registry: Registry, name: str):
    with pytest.raises(UnknownModel, match=r"there is no model '.*'; there is moe, waifu"):
        registry.resolve(name)


@pytest.mark.parametrize(
    "name",
    ["", "@", "@starter", "waifu@", ".", "..", "../weights/moe", "waifu/../moe", "/etc", "waifu@../../x", "WAIFU",
     "a\0b", "waifu@starter@starter", "waifu\n", "con:", "a" * 65, f"waifu@{NEW}/../{OLD}"],
)  # fmt: skip
def test_a_name_that_is_no_name_is_refused(registry: Registry, name: str):
    with pytest.raises(UnknownModel, match="there is no model"):
        registry.resolve(name)


@pytest.mark.parametrize("config", ["{", "[]", "[" * 100_000])
def test_a_broken_config_is_refused(registry: Registry, config: str):
    (registry.weights / "moe" / "config.json").write_text(config)
    with pytest.raises(UnknownModel, match="moe@starter cannot be read"):
        registry.resolve("moe")


def test_names_are_those_of_all_models(registry: Registry):
    assert registry.names() == ["moe", "waifu"]
    assert Registry(registry.models_dir / "nowhere", registry.models_dir / "nowhere").names() == []


def test_the_newest_of_each_are_those_that_can_be_read(registry: Registry):
    store(registry.weights / "broken", "{")
    store(registry.weights / "twin", '{"family": "twingan"}')
    store(registry.weights / "odd", '{"family": ["twingan"]}')
    newest = registry.newest()
    assert [version.id for version in newest] == ["moe@starter", "odd@starter", "twin@starter", f"waifu@{NEW}"]
    assert [version.name for version in newest if version.translates] == ["twin"]


def test_the_registry_does_not_load_torch():
    code = "import sys, models.registry, models.requests; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

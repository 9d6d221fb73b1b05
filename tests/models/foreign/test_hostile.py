import gc
from pathlib import Path

import pytest

from models.foreign.errors import Unreadable
from models.foreign.reading import read
from models.stylegan.importers import networks_of
from tests.models.foreign import hostile

NAMES = sorted(hostile.files(Path("nowhere")))


@pytest.fixture(scope="module")
def marker(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hostile") / "marker"


@pytest.fixture(scope="module")
def files(marker: Path) -> dict[str, bytes]:
    return hostile.files(marker)


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_file_is_refused_and_nothing_in_it_is_run(name: str, files: dict[str, bytes], marker: Path):
    with pytest.raises(Unreadable) as refused:
        networks_of(read(memoryview(files[name])))
    gc.collect(0)  # what was half made goes, and would have its last word
    assert not marker.exists()
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 250


def test_the_hostile_files_are_what_they_say(marker: Path, tmp_path: Path):
    """Python's own pickle does make the marker: the files would work elsewhere."""
    import pickle

    done = tmp_path / "done"
    for name in ("eval, protocol 4", "exec", "os.system, by hand", "dotted 14: builtins.eval"):
        pickle.loads(hostile.files(done)[name])
        assert done.exists(), name
        done.unlink()

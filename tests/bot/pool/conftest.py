"""Worker processes import the toy runner by its full name, so the repository must be on their path."""

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.pool.ray import Cluster

_ROOT = str(Path(__file__).parents[3])
if _ROOT not in sys.path:
    sys.path.insert(0, _ROOT)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Ray on this machine, started with the first worker: it takes seconds, so one serves all tests."""
    if importlib.util.find_spec("ray") is None:  # not imported: who does may not choose its token any more
        pytest.skip('pip install "nijigen[ray]"')
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        shared = Cluster(cpus=4)
        yield shared
        shared.end()

"""`python -m bot import` as it is started, and the pictures that come out of `sample`."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bot.cli.models.import_model import import_command
from bot.cli.refusal import Refusal
from bot.importing import NotImported, environment, import_file
from tests.models.foreign import hostile
from tests.models.stylegan import files, originals

ROOT = Path(__file__).parents[4]
WIDTHS = {4: 8, 8: 8, 16: 6, 32: 3}
Z = np.concatenate([np.random.RandomState(seed).randn(1, 8) for seed in (0, 1, 2)])
C = np.eye(5)[[0, 3, 2]]
MANNER = originals.Manner(clamp=2.0)


@pytest.fixture
def storage(tmp_path: Path) -> Path:
    return tmp_path / "var"


def bot(storage: Path, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    known = {**os.environ, "STORAGE_DIR": str(storage), "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run(
        [sys.executable, "-m", "bot", *map(str, arguments)],
        cwd=storage.parent,
        env=known,
        capture_output=True,
        text=True,
    )


def images(storage: Path, *arguments: object) -> np.ndarray:
    out = storage.parent / "out.npz"
    done = bot(storage, "sample", "--npz", out, "--precision", "float32", *arguments)
    assert done.returncode == 0, done.stderr
    return np.load(out)["images"]


def test_an_imported_model_draws_as_the_original_does(tmp_path: Path, storage: Path):
    given = originals.weights_of(32, WIDTHS, c_dim=5)
    file = files.snapshot(tmp_path / "network-snapshot.pkl", given, MANNER, G=given)
    done = bot(storage, "import", file, "--name", "theirs")
    assert (done.returncode, done.stderr) == (0, "")
    assert "StyleGAN2 at 32 px, 5 labels: G_ema, G from NVIDIA's PyTorch code" in done.stdout
    (version,) = (storage / "models" / "theirs").iterdir()
    assert done.stdout.startswith(f"theirs@{version.name}: ")
    assert sorted(path.name for path in version.iterdir()) == ["card.md", "config.json", "model.safetensors"]
    assert json.loads((version / "config.json").read_text("utf-8"))["family"] == "stylegan"
    file.unlink()  # the original is never read again

    np.savez(tmp_path / "z.npz", z=Z, c=C)
    ws = np.stack([originals.mapped(given, z, c, 0.5, None, MANNER) for z, c in zip(Z, C, strict=True)])
    np.savez(tmp_path / "ws.npz", ws=ws)
    with_z = ("--model", "theirs", "--latents", tmp_path / "z.npz")
    for found, expected in (
        (images(storage, *with_z), originals.drawn(given, Z, C, manner=MANNER)),
        (
            images(storage, *with_z, "--trunc", 0.7, "--trunc-cutoff", 4, "--noise-mode", "none"),
            originals.drawn(given, Z, C, 0.7, 4, False, MANNER),
        ),
        (
            images(storage, "--model", "theirs", "--latents", tmp_path / "ws.npz", "--trunc", 0.1),
            originals.drawn(given, Z, C, 0.5, manner=MANNER),
        ),
    ):
        assert found.dtype == np.float32
        assert np.abs(found - expected).max() <= 1e-4


def test_a_hostile_file_ends_in_one_sentence_and_nothing_else(tmp_path: Path, storage: Path):
    marker = tmp_path / "marker"
    content = hostile.files(marker)
    for name in ("os.system, by hand", "a blob in a blob", "tuples in tuples"):
        file = tmp_path / "evil.pkl"
        file.write_bytes(content[name])
        done = bot(storage, "import", file, "--name", "evil")
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith(f"{file} ")
        assert done.stderr.count("\n") == 1
        assert not marker.exists()
        assert not list((storage / "models").glob("**/*"))


@pytest.mark.parametrize("name", ["../evil", "Moe", "", "moe@starter"])
def test_a_name_that_no_model_may_have_is_refused(tmp_path: Path, name: str):
    with pytest.raises(Refusal, match="--name is of small letters"):
        import_command(tmp_path / "a.pkl", name)


def test_what_is_not_there_is_refused(tmp_path: Path):
    with pytest.raises(NotImported, match=r"nowhere\.pkl does not exist"):
        import_file(tmp_path / "nowhere.pkl", "theirs", tmp_path / "models")
    assert not list((tmp_path / "models").iterdir())


def test_the_storage_is_not_filled_beyond_its_cap(tmp_path: Path):
    file = files.snapshot(tmp_path / "a.pkl", originals.weights_of(32, WIDTHS))
    with pytest.raises(NotImported, match="STORAGE_CAP_GB"):
        import_file(file, "theirs", tmp_path / "models", room=1000)
    assert not list((tmp_path / "models").iterdir())


def test_the_process_that_reads_knows_no_secrets(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DISCORD_TOKEN", "secret")
    monkeypatch.setenv("PATH", "/usr/bin")
    assert "secret" not in environment().values()
    assert environment()["PATH"] == "/usr/bin"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits what a process maps")
def test_the_process_that_reads_takes_only_so_much_memory(tmp_path: Path):
    file = files.snapshot(tmp_path / "a.pkl", originals.weights_of(32, WIDTHS))
    asked = json.dumps({"file": str(file), "folder": str(tmp_path / "model"), "use": "G_ema"})
    little = "import bot.importing.reader as r; r.MEMORY = 1000; r.TIMES = 0; raise SystemExit(r.main())"
    done = subprocess.run([sys.executable, "-c", little], cwd=ROOT, input=asked, capture_output=True, text=True)
    assert done.returncode == 1
    assert json.loads(done.stdout) == {"refused": "needs more memory than a file of its size may take"}
    assert not (tmp_path / "model").exists()


def test_what_characters_are_called_is_no_name_for_others(tmp_path: Path):
    with pytest.raises(Refusal, match="take another name"):
        import_command(tmp_path / "a.pkl", "c12")

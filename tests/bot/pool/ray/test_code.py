from pathlib import Path

import pytest

from bot.pool.ray.code import fingerprint


def tree(root: Path, code: bytes = b"x = 1\n", weights: bytes = bytes(1 << 18)) -> Path:
    for name, content in {"models/a.py": code, "data/w.safetensors": weights, "data/notes.md": b""}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    return root


def test_the_same_tree_has_the_same_fingerprint_wherever_it_is_and_however_its_lines_end(tmp_path: Path):
    assert fingerprint(tree(tmp_path / "a")) == fingerprint(tree(tmp_path / "b", code=b"x = 1\r\n"))


@pytest.mark.parametrize("changed", [{"code": b"x = 2\n"}, {"weights": bytes(1 << 18) + b"x"}])
def test_other_code_and_other_weights_have_another(tmp_path: Path, changed: dict[str, bytes]):
    assert fingerprint(tree(tmp_path / "a")) != fingerprint(tree(tmp_path / "b", **changed))


def test_starters_that_were_trained_further_have_another(tmp_path: Path):
    before, after = bytes(1 << 18), bytes((1 << 18) - 1) + b"x"
    assert fingerprint(tree(tmp_path / "a", weights=before)) != fingerprint(tree(tmp_path / "b", weights=after))

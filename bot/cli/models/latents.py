"""Latents out of an .npz file, as `sample --latents` takes them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.cli.refusal import Refusal

MOST = 100_000  # pictures of one call


@dataclass(frozen=True, slots=True)
class Latents:
    """Of an .npz file: `z` with maybe `c`, or `ws`; float32."""

    z: np.ndarray | None = None  # (N, z_dim)
    c: np.ndarray | None = None  # (N, c_dim)
    ws: np.ndarray | None = None  # (N, num_ws, w_dim)

    def __len__(self) -> int:
        given = self.ws if self.z is None else self.z
        return 0 if given is None else len(given)


def read_latents(path: Path, z_dim: int, c_dim: int = 0, ws_shape: tuple[int, int] | None = None) -> Latents:
    """`ws_shape` is (num_ws, w_dim) of a network that has styles. Raises Refusal."""
    try:
        with np.load(path, allow_pickle=False) as file:
            if not isinstance(file, np.lib.npyio.NpzFile) or not {"z", "ws"} & {*file}:
                raise Refusal(f"{path} is no .npz file with an array z" + (" or ws" if ws_shape else ""))
            found = {name: file[name] for name in ("z", "c", "ws") if name in file}
    except Refusal:
        raise
    except Exception as error:  # a broken zip raises much: BadZipFile, zlib.error, ValueError, EOFError
        raise Refusal(f"{path} cannot be read: {error}") from error
    if "ws" in found:
        if ws_shape is None:
            raise Refusal(f"{path} holds ws, and this model has no styles: give z")
        if "z" in found:
            raise Refusal(f"{path} holds both z and ws; give one of them")
        _check(found["ws"], "ws", path, ws_shape)
        return Latents(ws=found["ws"].astype(np.float32))
    _check(found["z"], "z", path, (z_dim,))
    if "c" not in found:
        return Latents(found["z"].astype(np.float32))
    if not c_dim:
        raise Refusal(f"{path} holds labels (c), and this model has none")
    _check(found["c"], "c", path, (c_dim,))
    if len(found["c"]) != len(found["z"]):
        raise Refusal(f"{path} holds {len(found['z'])} z and {len(found['c'])} c")
    return Latents(found["z"].astype(np.float32), found["c"].astype(np.float32))


def _check(array: np.ndarray, name: str, path: Path, shape: tuple[int, ...]) -> None:
    fits = array.ndim == 1 + len(shape) and array.shape[1:] == shape
    if not fits or not 1 <= len(array) <= MOST or array.dtype.kind not in "fiu":
        wanted = ", ".join(map(str, shape))
        raise Refusal(
            f"{name} in {path} is {array.dtype} {array.shape}; this model takes numbers of the shape (N, {wanted})"
        )
    if not np.isfinite(array).all():
        raise Refusal(f"{name} in {path} holds values that are not finite")

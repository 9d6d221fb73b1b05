"""What a model answers to a batch of requests. One answer a request, BadRequest for one that it cannot answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from models.errors import BadRequest
from models.judging import known_of, logits, merits, prepared, score
from models.latent.styles import styles_of
from models.loaded import Drawing
from models.requests import Best, Draw, Judge
from models.tuning import Styled, to_pixels

Inputs = tuple[np.ndarray, ...]  # float32 z (n, z_dim), c (n, c_dim) and trunc (n,)


def draw(model: Drawing, requests: Sequence[Draw]) -> list[Any]:
    """uint8 (n, H, W, 3) each."""

    def work(good: Sequence[Draw], inputs: Sequence[Inputs]) -> list[Any]:
        return _parted(model.tuned.pixels(*_joined(inputs)).numpy(), good)

    styled = [any(point.styled for point in request.latents) for request in requests]
    plain = [request for request, is_styled in zip(requests, styled, strict=True) if not is_styled]
    found = iter(_answered(model, plain, work) if plain else [])
    return [styles_drawn(model, r) if is_styled else next(found) for r, is_styled in zip(requests, styled, strict=True)]


def styles_drawn(model: Drawing, request: Draw) -> Any:
    """uint8 (n, H, W, 3): points with styles of several seeds, in the network that has such; else BadRequest."""
    if not isinstance(model.tuned, Styled):
        return BadRequest(f"{model.id} has no styles")
    tuned = model.tuned

    def mapped(z: np.ndarray, c: np.ndarray) -> np.ndarray:
        return tuned.ws(torch.from_numpy(z), torch.from_numpy(c), request.trunc).cpu().numpy()

    try:
        _check_labels(model, request)
        ws = styles_of(request.latents, mapped, tuned.z_dim, model.names, tuned.bank)
    except BadRequest as error:
        return error
    return to_pixels(tuned.styled(torch.from_numpy(ws))).numpy()


def best(model: Drawing, requests: Sequence[Best]) -> list[Any]:
    """Each what `Ranked.of` reads: the pictures that D takes for the most real ones, among those with such labels."""
    D = model.discriminator
    if D is None:
        return _unjudged(model, requests)

    def work(good: Sequence[Best], inputs: Sequence[Inputs]) -> list[Any]:
        z, c, trunc = _joined(inputs)
        x = model.tuned.synthesize(z, c, trunc)
        found = logits(D, x, c.to(model.device) if model.names else None).cpu().numpy()
        found = merits(found, c.numpy(), known_of(model.config))
        pixels = _parted(to_pixels(x).numpy(), good)
        return [_ranking(request, *parts) for request, *parts in zip(good, pixels, _parted(found, good), strict=True)]

    return _answered(model, requests, work)


def judge(model: Drawing, requests: Sequence[Judge]) -> list[Any]:
    """Each what `Verdict.of` reads."""
    D = model.discriminator
    if D is None:
        return _unjudged(model, requests)
    size, channels = D.config.resolution, getattr(D.config, "img_channels", 3)
    x = torch.cat([prepared(request.pixels, size, channels) for request in requests]).to(model.device)
    found = logits(D, x).tolist()
    return [{"score": score(logit, known_of(model.config)), "logit": logit} for logit in found]


def inputs_of(model: Drawing, request: Draw | Best) -> Inputs:
    """What G takes for a request. Raises BadRequest for a label that the model does not have."""
    dim, names, bank = model.tuned.z_dim, model.names, model.tuned.bank
    _check_labels(model, request)
    z = np.stack([latent.z(dim) for latent in request.latents])
    c = [latent.c(dim, names, bank) for latent in request.latents] if names else np.zeros((len(z), 0))
    return z.astype(np.float32), np.asarray(c, np.float32), np.full(len(z), request.trunc, np.float32)


def _check_labels(model: Drawing, request: Draw | Best) -> None:
    if not model.names and any(leaf.labels for latent in request.latents for leaf in latent.leaves):
        raise BadRequest(f"{model.id} cannot be told what to draw")


def _answered(
    model: Drawing, requests: Sequence[Any], work: Callable[[Sequence[Any], Sequence[Inputs]], list[Any]]
) -> list[Any]:
    """`work`'s answers to the requests that can be answered, BadRequest in the place of the others."""
    inputs: list[Inputs | BadRequest] = []
    for request in requests:
        try:
            inputs.append(inputs_of(model, request))
        except BadRequest as error:
            inputs.append(error)
    good = [(r, i) for r, i in zip(requests, inputs, strict=True) if not isinstance(i, BadRequest)]
    found = iter(work([r for r, _ in good], [i for _, i in good]) if good else [])
    return [i if isinstance(i, BadRequest) else next(found) for i in inputs]


def _joined(inputs: Sequence[Inputs]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    z, c, trunc = (torch.from_numpy(np.concatenate(parts)) for parts in zip(*inputs, strict=True))
    return z, c, trunc


def _parted(rows: np.ndarray, requests: Sequence[Draw | Best]) -> list[np.ndarray]:
    return np.split(rows, np.cumsum([request.cost for request in requests])[:-1])


def _ranking(request: Best, pixels: np.ndarray, scores: np.ndarray) -> dict[str, Any]:
    order = np.argsort(-scores, kind="stable")[: request.keep]
    return {
        "indices": [request.offset + int(i) for i in order],
        "scores": [float(scores[i]) for i in order],
        "pixels": pixels[order],
    }


def _unjudged(model: Drawing, requests: Sequence[Any]) -> list[Any]:
    return [BadRequest(f"{model.id} keeps no discriminator") for _ in requests]

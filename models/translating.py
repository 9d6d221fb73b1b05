"""What a model that translates answers to a batch of requests: one answer a request, BadRequest for what it cannot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from data.pictures import Pixels
from models.errors import BadRequest
from models.judging import prepared
from models.loaded import Translating
from models.requests import Embed, Translate
from models.tuning import to_pixels
from models.twingan.encoded import Encoded
from models.twingan.encoding import pack, unpack
from models.twingan.generator import VARIATION


def translate(model: Translating, requests: Sequence[Translate]) -> list[Any]:
    """Each what `Translated.of` reads. All have one `source` and one `to`."""
    asked = [_asked(model, request) for request in requests]
    good = [one for one in asked if isinstance(one, _Asked)]
    found = iter(_translated(model, good) if good else [])
    return [next(found) if isinstance(one, _Asked) else one for one in asked]


def embed(model: Translating, requests: Sequence[Embed]) -> list[Any]:
    """float32 (n, E) each. All have one `domain`."""
    domain = requests[0].domain
    if why := _lacking(model, domain):
        return [why for _ in requests]
    encoded = model.twin.encode(_batch(model, [picture for one in requests for picture in one.pictures]), domain)
    rows = model.twin.embedding(encoded, domain).numpy()
    return np.split(rows, np.cumsum([one.cost for one in requests])[:-1])


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request that can be answered."""

    request: Translate
    kept: Encoded | None  # what it brings in place of pictures


def _asked(model: Translating, request: Translate) -> _Asked | BadRequest:
    if why := _lacking(model, request.source, request.to):
        return why
    if request.labels and not any(model.names):
        return BadRequest(f"{model.id} cannot be told what to draw")
    if strangers := [name for name, _ in request.labels if name not in model.names]:
        return BadRequest(f"{model.id} knows no label {strangers[0]!r}")
    try:
        return _Asked(request, unpack(request.encodings, model.twin.config) if request.encodings else None)
    except BadRequest as error:
        return error


def _lacking(model: Translating, *domains: str) -> BadRequest | None:
    known = model.twin.config.domains
    strangers = [domain for domain in domains if domain not in known]
    return BadRequest(f"{model.id} has no {strangers[0][:40]!r}, only {', '.join(known)}") if strangers else None


def _translated(model: Translating, asked: Sequence[_Asked]) -> list[dict[str, Any]]:
    twin, requests = model.twin, [one.request for one in asked]
    source, to = requests[0].source, requests[0].to
    encoded = _encoded(model, asked)
    embedding = twin.embedding(encoded, source).numpy()
    first = np.cumsum([0, *(request.count for request in requests)])
    rows = [begin + i for r, begin in zip(requests, first, strict=False) for i in range(r.count) for _ in r.seeds]
    each = np.repeat(np.arange(len(requests)), [request.cost for request in requests])  # row drawn -> request
    c, said = _labels(model, requests)
    drawn = twin.draw(
        encoded[rows],
        source,
        to,
        torch.tensor([request.strength for request in requests])[each],
        None if c is None else c[each],
        None if said is None else said[each],
        _styles(model, requests, each),
    )
    pixels = np.split(to_pixels(drawn).numpy(), np.cumsum([request.cost for request in requests])[:-1])
    return [
        {
            "pixels": mine,
            "embedding": embedding[begin : begin + request.count],
            "encodings": pack(encoded[begin : begin + request.count]) if request.encode else [],
        }
        for request, begin, mine in zip(requests, first, pixels, strict=False)
    ]


def _encoded(model: Translating, asked: Sequence[_Asked]) -> Encoded:
    """Of all pictures of all requests, in order; those that come as pictures go through E together."""
    seen = [picture for one in asked if one.kept is None for picture in one.request.pictures]
    fresh = model.twin.encode(_batch(model, seen), asked[0].request.source) if seen else None
    parts, at = [], 0
    for one in asked:
        if one.kept is not None:
            parts.append(model.twin.ready(one.kept))
        elif fresh is not None:
            parts.append(fresh[at : at + one.request.count])
            at += one.request.count
    return parts[0] if len(parts) == 1 else Encoded.joined(parts)


def _labels(model: Translating, requests: Sequence[Translate]) -> tuple[torch.Tensor, torch.Tensor] | tuple[None, None]:
    """For each request c and what of it was said, (n, c_dim) each; None where nobody said anything."""
    if not any(request.labels for request in requests):
        return None, None
    c, said = np.zeros((2, len(requests), len(model.names)), np.float32)
    for i, request in enumerate(requests):
        for name, value in request.labels:
            c[i, model.names.index(name)], said[i, model.names.index(name)] = value, 1.0
    return torch.from_numpy(c), torch.from_numpy(said)


def _styles(model: Translating, requests: Sequence[Translate], each: np.ndarray) -> torch.Tensor | None:
    """For each row that is drawn its style (n, style_dim), zeros where the picture's own stays; None where all do."""
    likes = [request.like for request in requests if request.like is not None]
    if not likes and not any(seed for request in requests for seed in request.seeds):
        return None
    size = model.twin.config.style_dim
    looks = np.zeros((len(requests), size), np.float32)
    if likes:
        liked = [request.like is not None for request in requests]
        looks[liked] = model.twin.style(model.twin.encode(_batch(model, likes), requests[0].to)).numpy()
    noise = [variation(seed, size) for request in requests for _ in range(request.count) for seed in request.seeds]
    return torch.from_numpy(looks[each] + np.stack(noise))


def variation(seed: int, size: int) -> np.ndarray:
    """float32 (size,): what a seed adds to a style; 0 adds nothing."""
    noise = np.random.RandomState(seed).randn(size) * VARIATION if seed else np.zeros(size)
    return noise.astype(np.float32)


def _batch(model: Translating, pictures: Sequence[Pixels]) -> torch.Tensor:
    """(N, 3, R, R) in -1…1."""
    return torch.cat([prepared(picture, model.twin.config.resolution) for picture in pictures])

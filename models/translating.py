"""What a model that translates answers to a batch of requests: one answer a request, BadRequest for what it cannot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import torch

from data.labels import LOOK, NAMES
from data.pictures import Pixels
from data.vision.features import Features
from models.errors import BadRequest
from models.judging import prepared
from models.loaded import BY_LABELS, Translating
from models.requests import Embed, Translate
from models.tuning import to_pixels
from models.twingan.encoded import Encoded
from models.twingan.encoding import pack, unpack
from models.twingan.generator import VARIATION
from models.twingan.reading import reading


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
class _Seen:
    """Pictures as the network sees them; where it wants to be told, label values and which are known (N, 2, c_dim)."""

    encoded: Encoded
    labels: np.ndarray | None

    def __getitem__(self, rows: Any) -> _Seen:
        return _Seen(self.encoded[rows], None if self.labels is None else self.labels[rows])


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request that can be answered."""

    request: Translate
    kept: _Seen | None  # what it brings in place of pictures


def _asked(model: Translating, request: Translate) -> _Asked | BadRequest:
    if why := _lacking(model, request.source, request.to):
        return why
    if request.labels and not any(model.names):
        return BadRequest(f"{model.id} cannot be told what to draw")
    if strangers := [name for name, _ in request.labels if name not in model.names]:
        return BadRequest(f"{model.id} knows no label {strangers[0]!r}")
    if not request.encodings:
        return _Asked(request, None)
    try:
        return _Asked(request, _Seen(*unpack(request.encodings, model.twin.config, request.source in model.told_of)))
    except BadRequest as error:
        return error


def _lacking(model: Translating, *domains: str) -> BadRequest | None:
    known = model.twin.config.domains
    strangers = [domain for domain in domains if domain not in known]
    return BadRequest(f"{model.id} has no {strangers[0][:40]!r}, only {', '.join(known)}") if strangers else None


def _translated(model: Translating, asked: Sequence[_Asked]) -> list[dict[str, Any]]:
    twin, requests = model.twin, [one.request for one in asked]
    source, to = requests[0].source, requests[0].to
    seen = _seen(model, asked)
    embedding = twin.embedding(seen.encoded, source).numpy()
    first = np.cumsum([0, *(request.count for request in requests)])
    rows = [begin + i for r, begin in zip(requests, first, strict=False) for i in range(r.count) for _ in r.seeds]
    each = np.repeat(np.arange(len(requests)), [request.cost for request in requests])  # row drawn -> request
    drawn = twin.draw(
        seen.encoded[rows],
        source,
        to,
        torch.tensor([request.strength for request in requests])[each],
        *_labels(model, requests, each, None if seen.labels is None else seen.labels[rows]),
        _styles(model, requests, each),
    )
    pixels = np.split(to_pixels(drawn).numpy(), np.cumsum([request.cost for request in requests])[:-1])
    return [
        {
            "pixels": mine,
            "embedding": embedding[begin : begin + request.count],
            "encodings": _packed(seen[begin : begin + request.count]) if request.encode else [],
        }
        for request, begin, mine in zip(requests, first, pixels, strict=False)
    ]


def _packed(seen: _Seen) -> list[bytes]:
    return pack(seen.encoded, seen.labels)


def _seen(model: Translating, asked: Sequence[_Asked]) -> _Seen:
    """Of all pictures of all requests, in order; those that come as pictures go through E together."""
    pictures = [picture for one in asked if one.kept is None for picture in one.request.pictures]
    source, fresh = asked[0].request.source, None
    if pictures:
        labels = _looked_at(model, pictures) if source in model.told_of else None
        fresh = _Seen(model.twin.encode(_batch(model, pictures), source), labels)
    parts, at = [], 0
    for one in asked:
        if one.kept is not None:
            parts.append(_Seen(model.twin.ready(one.kept.encoded), one.kept.labels))
        elif fresh is not None:
            parts.append(fresh[at : at + one.request.count])
            at += one.request.count
    if len(parts) == 1:
        return parts[0]
    labels = [part.labels for part in parts if part.labels is not None]
    return _Seen(Encoded.joined([part.encoded for part in parts]), np.concatenate(labels) if labels else None)


def _looked_at(model: Translating, pictures: Sequence[Pixels]) -> np.ndarray:
    """What is seen of people in framed pictures: float32 (n, 2, c_dim), nothing where nobody can look."""
    from data.vision.people import PeopleUnavailable, look

    labels = np.zeros((len(pictures), 2, model.twin.config.c_dim), np.float32)
    for row, picture in enumerate(pictures):
        try:
            vector = look(picture).vector
        except PeopleUnavailable:
            break
        known = np.isfinite(vector)
        labels[row] = np.where(known, vector, 0.0), known
    return labels


def _labels(
    model: Translating, requests: Sequence[Translate], each: np.ndarray, seen: np.ndarray | None
) -> tuple[torch.Tensor, torch.Tensor] | tuple[None, None]:
    """For each row that is drawn c and what of it was said, (n, c_dim) each: what is asked for, and what was `seen`
    (n, 2, c_dim) in the pictures, without a look where somebody else's is taken; None where there is nothing at all."""
    looks = _read_looks(model, requests)
    if seen is None and looks is None and not any(request.labels for request in requests):
        return None, None
    c, said = np.zeros((2, len(each), model.twin.config.c_dim), np.float32)
    if seen is not None:
        c[:], said[:] = seen[:, 0], seen[:, 1]
        liked = np.array([request.like is not None for request in requests])[each]
        said[liked] *= [name not in LOOK for name in NAMES]
    if looks is not None:
        c, said = np.where(looks[each, 1] > 0, looks[each, 0], c), np.maximum(said, looks[each, 1])
    for i, request in enumerate(requests):
        for name, value in request.labels:
            at = model.names.index(name)
            c[each == i, at], said[each == i, at] = value, 1.0
    return torch.from_numpy(c), torch.from_numpy(said)


def _read_looks(model: Translating, requests: Sequence[Translate]) -> np.ndarray | None:
    """Where looks are taken by labels, those of whom a request is to be like: float32 (requests, 2, c_dim), values and
    which the model obeys."""
    liked = [i for i, request in enumerate(requests) if request.like is not None]
    if model.looks != BY_LABELS or not liked:
        return None
    read, _ = reading(_eyes(), [request.like for request in requests if request.like is not None])
    known = np.isfinite(read) & np.array([name in LOOK and name in model.names for name in NAMES])
    looks = np.zeros((len(requests), 2, len(NAMES)), np.float32)
    looks[liked, 0], looks[liked, 1] = np.where(known, read, 0.0), known
    return looks


@cache
def _eyes() -> Features:
    return Features()


def _styles(model: Translating, requests: Sequence[Translate], each: np.ndarray) -> torch.Tensor | None:
    """For each row that is drawn its style (n, style_dim), zeros where the picture's own stays; None where all do."""
    likes = [] if model.looks == BY_LABELS else [request.like for request in requests if request.like is not None]
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

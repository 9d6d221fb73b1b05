"""How well the features network sees: on drawn faces it was not trained on, and on real drawings of a folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from data.dataset import Dataset
from data.vision.features.seeing import Features
from data.vision.features.targets import CHOICES, NUMBERS, UNKNOWN, targets
from data.vision.framing import cut
from data.vision.requests import Seen
from models.features.augment import Strength, augment
from models.training.randomness import noise

BATCH = 64
ROUNDED = 4  # digits
CROP = 256  # px of a head whose words are those of a label


class Unmeasurable(Exception):
    """There is nothing to measure with; the message is one sentence."""


def measure_attributes(features: Features, dataset: Dataset) -> dict[str, Any]:
    """On a drawn set: accuracy a word, beside the share of the commonest word, and the error of every number.

    Only pictures of which a word is clearly true count (`data.vision.features.targets`). `recall` is the accuracy
    among the pictures of one word.
    """
    told = [targets(labels) for labels in dataset.labels()]
    chosen, numbers = np.stack([c for c, _ in told]), np.stack([n for _, n in told])
    seen = [s for start in range(0, len(dataset), BATCH) for s in features.see(list(_slice(dataset, start)))]
    styles = chosen[:, list(CHOICES).index("style")]
    words: dict[str, Any] = {}
    for column, (attribute, options) in zip(chosen.T, CHOICES.items(), strict=True):
        if attribute not in features.info["network"]["choices"]:
            continue
        known = column != UNKNOWN
        if not known.any():
            continue
        right = np.array([s.word(attribute) == options[c] for s, c in zip(seen, column, strict=True)])
        counts = np.bincount(column[known], minlength=len(options))
        words[attribute] = {
            "accuracy": _mean(right[known]),
            "commonest": round(float(counts.max() / counts.sum()), ROUNDED),
            "n": int(known.sum()),
            "recall": {o: _mean(right[column == i]) for i, o in enumerate(options) if counts[i]},
            "by_style": {
                o: _mean(right[known & (styles == i)])
                for i, o in enumerate(CHOICES["style"])
                if (known & (styles == i)).any()
            },
        }
    return {"count": len(dataset), "words": words, "numbers": _number_errors(numbers, seen)}


def measure_characters(features: Features, dataset: Dataset, seed: int = 0) -> dict[str, Any]:
    """On a set with views: top-1 of looking each picture up among the first pictures of all characters, and the AUC of
    telling pairs of one character from pairs of two; for pictures as they are, and augmented as in training.

    Raises Unmeasurable where the set has no characters.
    """
    who = [labels.get("character") for labels in dataset.labels()]
    if None in who or len(set(who)) < 2:
        raise Unmeasurable("the set does not show several characters: draw it with views=…")
    _, groups = np.unique(np.array([str(name) for name in who]), return_inverse=True)
    plain = np.concatenate([_embeddings(features, _slice(dataset, start)) for start in range(0, len(dataset), BATCH)])
    changed = np.concatenate([
        _embeddings(features, _augmented(features, _slice(dataset, start), seed, start))
        for start in range(0, len(dataset), BATCH)
    ])  # fmt: skip
    return {
        "characters": int(groups.max() + 1),
        "pictures": len(groups),
        "plain": retrieval(plain, groups),
        "augmented": retrieval(changed, groups),
    }


def retrieval(embeddings: np.ndarray, groups: np.ndarray) -> dict[str, float]:
    """Figures of unit vectors (N, d) whose characters are `groups` (N,); see `measure_characters`."""
    _, first = np.unique(groups, return_index=True)
    queries = np.setdiff1d(np.arange(len(groups)), first)
    nearest = groups[first][(embeddings[queries] @ embeddings[first].T).argmax(1)]
    upper = np.triu_indices(len(groups), 1)
    likeness, same = (embeddings @ embeddings.T)[upper], (groups[:, None] == groups)[upper]
    threshold = _best_threshold(likeness[same], likeness[~same])
    return {
        "top1": _mean(nearest == groups[queries]),
        "auc": round(auc(likeness[same], likeness[~same]), ROUNDED + 1),
        "likeness_same": _mean(likeness[same]),
        "likeness_different": _mean(likeness[~same]),
        "threshold": round(threshold, 3),  # where as many of the same are missed as others are taken for the same
        "equal_error": _mean(likeness[~same] >= threshold),
    }


def auc(same: np.ndarray, different: np.ndarray) -> float:
    """The chance that a pair of one character is liker than a pair of two; ties count half."""
    ordered = np.sort(different)
    below, up_to = np.searchsorted(ordered, same, "left"), np.searchsorted(ordered, same, "right")
    return float((below + up_to).mean() / 2 / len(different))


def measure_real(features: Features, folder: Path, labels: Path) -> dict[str, Any]:
    """On drawings by hand: `labels` is JSON as in benchmarks/real_faces.json, `folder` has the pictures it names.

    `first`: the share where the likeliest word is the one that fits best; `fair`: is one of those that would do.
    Raises Unmeasurable.
    """
    found, missing, pictures = _real(folder, labels)
    seen = features.see([cut(picture, face["box"]) for face, picture in zip(found, pictures, strict=True)])
    return {"faces": len(found), "missing": missing, **_agreement(found, [s.word for s in seen])}


def measure_labels(folder: Path, labels: Path) -> dict[str, Any]:
    """The same of the words that `label` writes where nobody has tagged anything.

    Heads are cut out as `crop` cuts them, seen by the networks that ship, and their hair is measured. Those that the
    face finder does not find are `missing`, too.
    """
    from data.crop.framing import around
    from data.curate.looking import FAINT, look
    from data.labelling import decided
    from data.vision.frame import cut as cropped
    from data.vision.perprocess import finder
    from models.finder.measure import is_hit

    found, missing, pictures = _real(folder, labels)
    faces, words = [], []
    for face, picture in zip(found, pictures, strict=True):
        heads = [one for one in finder().find(picture, FAINT) if is_hit(one.box, face["box"])]
        if not heads:
            missing += 1
            continue
        looked = look(cropped(picture, around(heads[0], align=True), CROP))
        hair: Any = tuple(looked.hair) if looked.hair else None
        decision = decided(looked.choices, hair=hair)
        faces.append(face)
        words.append(lambda attribute, decision=decision: decision[attribute].word)
    return {"faces": len(faces), "missing": missing, **_agreement(faces, words)}


def _real(folder: Path, labels: Path) -> tuple[list[dict[str, Any]], int, list[np.ndarray]]:
    """Faces that a person has described, how many are missing, and the pictures that they are in. Raises
    Unmeasurable."""
    try:
        faces = json.loads(labels.read_text(encoding="utf-8"))["faces"]
        found = [face for face in faces if (folder / face["file"]).is_file()]
        if not found:
            raise Unmeasurable(f"none of the pictures that {labels} names is in {folder}")
        return found, len(faces) - len(found), [_open(folder / face["file"]) for face in found]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Unmeasurable(f"{labels} or a picture in {folder} cannot be read: {error!r}") from error


def _agreement(found: Sequence[Mapping[str, Any]], words: Sequence[Callable[[str], str]]) -> dict[str, Any]:
    report = {}
    for attribute in sorted({name for face in found for name in face} - {"file", "box"}):
        pairs = [(f, said(attribute), f[attribute]) for f, said in zip(found, words, strict=True) if attribute in f]
        report[attribute] = {
            "first": _mean(np.array([word == fair[0] for _, word, fair in pairs])),
            "fair": _mean(np.array([word in fair for _, word, fair in pairs])),
            "n": len(pairs),
            "wrong": [f"{f['file']}: {word}, not {'/'.join(fair)}" for f, word, fair in pairs if word not in fair],
        }
    return report


def _open(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        rgba = image.convert("RGBA")
        return np.array(Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba).convert("RGB"))


def _slice(dataset: Dataset, start: int) -> np.ndarray:
    return dataset.images(np.arange(start, min(start + BATCH, len(dataset))))


def _embeddings(features: Features, pictures: np.ndarray) -> np.ndarray:
    return np.stack([s.embedding for s in features.see(list(pictures))])


def _augmented(features: Features, pictures: np.ndarray, seed: int, start: int) -> np.ndarray:
    x = torch.from_numpy(pictures).permute(0, 3, 1, 2).contiguous().float() / 127.5 - 1
    x, _, _ = augment(x, features.config.size, noise(seed, start), Strength())
    return (x * 127.5 + 128).clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1).contiguous().numpy()


def _number_errors(wanted: np.ndarray, seen: Sequence[Seen]) -> Mapping[str, Any]:
    errors = {}
    for name, column in zip(NUMBERS, wanted.T, strict=True):
        known = ~np.isnan(column)
        if name not in seen[0].numbers or not known.any():
            continue
        found = np.array([s.numbers[name] for s in seen])[known]
        spread = float(column[known].std())
        errors[name] = {
            "mean_error": _mean(np.abs(found - column[known])),
            "explained": round(1 - float(((found - column[known]) ** 2).mean()) / max(spread**2, 1e-9), ROUNDED),
        }
    return errors


def _best_threshold(same: np.ndarray, different: np.ndarray) -> float:
    levels = np.quantile(np.concatenate([same, different]), np.linspace(0, 1, 2001))
    missed = np.searchsorted(np.sort(same), levels) / len(same)
    taken = 1 - np.searchsorted(np.sort(different), levels) / len(different)
    return float(levels[np.abs(missed - taken).argmin()])


def _mean(values: np.ndarray) -> float:
    return round(float(np.mean(values)), ROUNDED)

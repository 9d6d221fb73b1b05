import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from data.dataset import Dataset, pack, resolve
from models.features.feed import Feed, Unlabelled


def test_a_batch_shows_every_character_in_it_as_often_as_asked(characters: Dataset):
    for views in (2, 4):
        batch = Feed(characters, views)(np.array([0, 5, 9, 14, 30, 31, 44, 47]))
        _, counts = np.unique(batch.groups, return_counts=True)
        assert (counts == views).all()
        assert len(batch.images) == 8
        assert len(np.unique(batch.images.reshape(8, -1), axis=0)) == 8


def test_the_same_indices_give_the_same_batch(characters: Dataset):
    feed, indices = Feed(characters, 2), np.arange(16)
    assert (feed(indices).images == feed(indices).images).all()


def test_targets_go_with_their_pictures(characters: Dataset):
    feed = Feed(characters, 2)
    batch = feed(np.array([7, 20, 40, 41]))
    for picture, chosen, numbers in zip(batch.images, batch.chosen, batch.numbers, strict=True):
        i = next(i for i in range(48) if (characters.images(np.array([i]))[0] == picture).all())
        assert (feed.chosen[i] == chosen).all()
        assert np.array_equal(feed.numbers[i], numbers, equal_nan=True)


def test_a_batch_that_views_do_not_divide_is_filled_all_the_same(characters: Dataset):
    assert len(Feed(characters, 4)(np.arange(7)).images) == 7


def test_rare_words_count_more(characters: Dataset):
    feed = Feed(characters, 2)
    for chosen, weights in zip(feed.chosen.T, feed.weights.T, strict=True):
        known = chosen >= 0
        words, counts = np.unique(chosen[known], return_counts=True)
        per_word = [weights[chosen == word] for word in words]
        assert all(np.ptp(w) == 0 for w in per_word)
        total = [w[0] ** 2 * count for w, count in zip(per_word, counts, strict=True)]
        assert total == pytest.approx([total[0]] * len(total), rel=1e-4)


def test_faces_that_are_nobodys_stand_beside_themselves(tmp_path: Path):
    pytest.importorskip("skia")
    feed = Feed(pack(resolve("drawn:count=6"), 16, tmp_path), 2)
    batch = feed(np.arange(6))
    assert sorted(batch.groups) == [0, 0, 1, 1, 2, 2]


def test_pictures_without_labels_are_refused(tmp_path: Path):
    (tmp_path / "set").mkdir()
    Image.new("RGB", (16, 16)).save(tmp_path / "set" / "a.png")
    with pytest.raises(Unlabelled, match=r"picture 0 of .* is not labelled"):
        Feed(pack(resolve(str(tmp_path / "set")), 16, tmp_path / "cache"), 2)


def test_characters_with_names_are_told_apart(characters: Dataset, tmp_path: Path):
    folder = tmp_path / "named"
    folder.mkdir()
    for file in characters.folder.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    lines = [json.loads(line) for line in (folder / "labels.jsonl").read_text().splitlines()]
    named = [{**line, "character": "biri" if i < 24 else 7} for i, line in enumerate(lines)]
    (folder / "labels.jsonl").write_text("".join(json.dumps(line) + "\n" for line in named))
    feed = Feed(Dataset(folder), 2)
    assert len(set(feed.groups[:24])) == len(set(feed.groups[24:])) == 1
    assert feed.groups[0] != feed.groups[47]

"""What must not be lost, and who may write it."""

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.booru.manifest import NAME, Manifest, ManifestError
from data.booru.post import Post
from data.booru.sites import site

POST = Post(7, frozenset("ab"), 1, "g", datetime(2020, 1, 1, tzinfo=UTC), "", None, "https://x.org/7.png", 1, 1, "png")
DANBOORU = site("danbooru")


def posts(*numbers: int) -> list[Post]:
    return [replace(POST, id=number) for number in numbers]


def test_what_was_written_is_there_when_it_is_opened_again(tmp_path: Path) -> None:
    with Manifest(tmp_path) as manifest:
        search = manifest.search(DANBOORU, "q")
        assert (search.cursor, search.floor, search.top) == ("", 0, 0)
        manifest.add(search, DANBOORU, posts(9, 7), "b7", 9)
        manifest.keep(manifest.wanted(search, 1)[0], "sum", 10)
    with Manifest(tmp_path) as manifest:
        search = manifest.search(DANBOORU, "q")
        assert (search.cursor, search.floor, search.top) == ("b7", 0, 9)
        assert [wanted.id for wanted in manifest.wanted(search, 10)] == [7]
        assert manifest.counts(search) == {"kept": 1, "listed": 1}


def test_a_search_that_begins_again_remembers_what_it_has_seen(tmp_path: Path) -> None:
    with Manifest(tmp_path) as manifest:
        search = manifest.search(DANBOORU, "q")
        assert manifest.add(search, DANBOORU, posts(9), None, 12) == manifest.search(DANBOORU, "q")
        again = manifest.again(manifest.search(DANBOORU, "q"))
        assert again == manifest.search(DANBOORU, "q")
        assert (again.cursor, again.floor, again.top) == ("", 12, 12)


def test_searches_are_apart_and_share_their_posts(tmp_path: Path) -> None:
    with Manifest(tmp_path) as manifest:
        one, other = manifest.search(DANBOORU, "one"), manifest.search(DANBOORU, "other")
        manifest.add(one, DANBOORU, posts(1, 2), None, 2)
        manifest.keep(manifest.wanted(one, 1)[0], "sum", 10)
        manifest.add(other, DANBOORU, posts(2, 3), None, 3)
        assert manifest.counts(other) == {"kept": 1, "listed": 1}
        assert [wanted.id for wanted in manifest.wanted(other, 10)] == [3]
        assert manifest.search(site("konachan"), "one").number not in (one.number, other.number)


def test_what_is_decided_stays_decided_and_what_was_hidden_may_be_shown(tmp_path: Path) -> None:
    with Manifest(tmp_path) as manifest:
        search = manifest.search(DANBOORU, "q")
        manifest.add(search, DANBOORU, [*posts(1, 2), replace(POST, id=3, url=None)], None, 3)
        two, one = manifest.wanted(search, 10)
        manifest.keep(two, "sum", 10)
        manifest.give_up(one, "gone", "HTTP 404")
        assert manifest.counts(search) == {"kept": 1, "gone": 1, "hidden": 1}
        manifest.add(search, DANBOORU, posts(1, 2, 3), None, 3)
        assert manifest.counts(search) == {"kept": 1, "gone": 1, "listed": 1}
        assert manifest.wanted(search, 10, without=[3]) == []


def test_two_crawls_do_not_write_into_one_folder(tmp_path: Path) -> None:
    with Manifest(tmp_path), pytest.raises(ManifestError, match="another crawl"):
        Manifest(tmp_path)
    Manifest(tmp_path).__exit__()


def test_a_file_that_is_no_manifest_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"text, and much of it " * 100)
    with pytest.raises(ManifestError, match="cannot be opened"):
        Manifest(tmp_path)
    (tmp_path / NAME).unlink()
    with sqlite3.connect(tmp_path / NAME) as later:
        later.execute("PRAGMA user_version = 99")
    later.close()
    for _ in range(2):  # and the folder is not left locked
        with pytest.raises(ManifestError, match="another version"):
            Manifest(tmp_path)


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ManifestError, match="cannot be opened"):
        Manifest(tmp_path / "file" / "out")

import sqlite3
from pathlib import Path

import pytest

from data.booru.danbooru import Danbooru
from data.booru.kept import is_crawl, posts
from data.booru.manifest import Manifest, ManifestError, Wanted
from data.booru.post import Post

SITE = Danbooru("danbooru", "https://danbooru.donmai.us")


def fill(folder: Path) -> None:
    made = [
        Post(n, frozenset({"solo", f"tag_{n}"}), 5, "g", None, "src", None, "https://x", 1, 2, "png") for n in (1, 2)
    ]
    with Manifest(folder) as manifest:
        manifest.add(manifest.search(SITE, ""), SITE, made, None, 2)
        manifest.keep(Wanted(SITE.host, 1, "", None, ""), "abc", 3)


def test_posts_are_read_by_the_path_of_their_file_while_a_crawl_is_at_work(tmp_path: Path):
    fill(tmp_path)
    with Manifest(tmp_path):
        found = posts(tmp_path)
    assert is_crawl(tmp_path)
    one = found["danbooru.donmai.us/1.png"]
    assert one is not None
    assert (one["id"], one["tags"], one["rating"], one["sha256"]) == (1, ["solo", "tag_1"], "g", "abc")
    assert found["danbooru.donmai.us/2.png"] is None  # it has not come yet


def test_any_other_folder_has_none(tmp_path: Path):
    assert posts(tmp_path) == {}
    assert not is_crawl(tmp_path)


def test_a_manifest_that_cannot_be_read_is_an_error(tmp_path: Path):
    (tmp_path / "manifest.sqlite").write_bytes(b"no database at all, but some bytes" * 100)
    with pytest.raises(ManifestError, match="cannot be read"):
        posts(tmp_path)
    (tmp_path / "manifest.sqlite").unlink()
    with sqlite3.connect(tmp_path / "manifest.sqlite") as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(ManifestError, match="another version"):
        posts(tmp_path)

"""gallery-dl itself against a host on this machine, and a program of its name that leaves what it should not."""

import asyncio
import json
import os
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from data.booru.local import gallery_dl
from data.booru.local.source import SourceError
from data.booru.query import Query
from tests.data.booru.local.gathering import ANY, Taken, gather, png
from tests.data.killing import killed
from tests.wire.fake_booru import Entry, FakeBooru, table
from tests.wire.picture_host import PictureHost


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file with gallery-dl's settings; `of` writes there that a fake booru is one that it knows."""
    pytest.importorskip("gallery_dl")
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return home / ".gallery-dl.conf"


def of(booru: FakeBooru, account: Path) -> str:
    """The address of its posts."""
    account.write_text(json.dumps({"extractor": {"moebooru": {"yandere": {"root": booru.base}}}}))
    return f"{booru.base}/post?tags=solo"


def posts(count: int, **given: Any) -> list[Entry]:
    """Posts with real pictures, a hundred on a page."""
    return [Entry(n, content=png(n), **given) for n in range(1, count + 1)]


def taken(address: str, out: Path, query: Query = ANY, limit: int = 100, max_bytes: int = 1_000_000) -> Taken:
    order = gallery_dl.Order(address, query.types, max_bytes, 1000.0)
    place = gallery_dl.place(address)
    return gather(out, place, lambda at: gallery_dl.pictures(order, out, query.key), query, limit)


async def test_a_picture_at_an_address_is_brought_once(account: Path, tmp_path: Path):
    async with PictureHost() as host:
        host.files["/a.png"] = png(1)
        for fetched in (1, 0):
            found = await asyncio.to_thread(taken, host.url("/a.png"), tmp_path / "out")
            assert (found.tally.kept, found.tally.fetched, found.lines) == (1, fetched, [])
        assert [path for path, _ in host.asked].count("/a.png") == 1
        row = table(tmp_path / "out")[0]
        assert (row["host"], row["site"], row["url"]) == (host.address, "gallery-dl", host.url("/a.png"))
        assert row["source"] == host.url("/a.png")
        assert (tmp_path / "out" / row["path"]).read_bytes() == png(1)


async def test_killed_in_the_middle_it_brings_nothing_twice_and_loses_nothing(account: Path, tmp_path: Path):
    script = """
from pathlib import Path
from data.booru.local import gallery_dl
from data.booru.query import Query
from tests.data.booru.local.gathering import gather
address, out, query = sys.argv[2], Path(sys.argv[3]), Query()
order = gallery_dl.Order(address, query.types, 10**6, 1000.0)
read = lambda at: gallery_dl.pictures(order, out, query.key)
gather(out, gallery_dl.place(address), read, query, show=lambda tally: report(tally.kept, 9))
"""
    async with FakeBooru(posts(9)) as booru:
        address = of(booru, account)
        for done in (2, 5):
            await asyncio.to_thread(killed, script, done, address, tmp_path / "out")
        found = await asyncio.to_thread(taken, address, tmp_path / "out")
        assert (found.tally.kept, found.lines) == (9, [])
        assert booru.served == {f"/data/{n}.png": 1 for n in range(1, 10)}


async def test_what_the_site_says_of_pictures_chooses_and_is_kept(account: Path, tmp_path: Path):
    async with FakeBooru(posts(3, tags="cat solo", score=7)) as booru:
        booru.posts[2].tags = "dog solo"
        booru.posts[3].rating = "e"
        query = Query(tags=("cat",), min_score=5, ratings=frozenset({"g", ""}))
        assert (await asyncio.to_thread(taken, of(booru, account), tmp_path / "out", query)).tally.kept == 1
        row = table(tmp_path / "out")[0]
        assert (row["score"], row["rating"], row["tags"]) == (7, "g", " cat solo ")
        assert (row["source"], row["date"]) == ("https://www.pixiv.net/artworks/1", "2020-01-01T12:00:00+00:00")
        assert row["url"] == f"{booru.base}/data/1.png"


async def test_types_and_sizes_that_are_not_wanted_are_not_kept(account: Path, tmp_path: Path):
    async with FakeBooru(posts(3)) as booru:
        booru.posts[2].ext = "gif"
        booru.posts[3].content += bytes(60_000)
        found = await asyncio.to_thread(taken, of(booru, account), tmp_path / "out", max_bytes=50_000)
        assert (found.tally.kept, found.lines) == (1, [])
        assert "/data/2.gif" not in booru.served


async def test_what_goes_wrong_is_what_it_says_itself(account: Path, tmp_path: Path):
    async with PictureHost() as host:
        host.statuses["/a.png"] = 404
        with pytest.raises(SourceError, match=r"gallery-dl gave up \(.*a\.png.*\); the same command again goes on"):
            await asyncio.to_thread(taken, host.url("/a.png"), tmp_path / "out")
        with pytest.raises(SourceError, match="gallery-dl knows no site at http"):
            await asyncio.to_thread(taken, host.url("/page"), tmp_path / "out")


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program called gallery-dl: what it does stands in `body`, which has `out` and `arguments`."""
    folder = tmp_path / "bin"
    folder.mkdir()
    path = folder / "gallery-dl"
    monkeypatch.setenv("PATH", str(folder) + os.pathsep + os.environ["PATH"])
    return path


def write(program: Path, body: str) -> None:
    head = f"""#!{sys.executable}
import json, os, sys
from pathlib import Path
arguments = sys.argv[1:]
out = Path(arguments[arguments.index("--destination") + 1])
"""
    program.write_text(head + body)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)


def test_metadata_of_any_site_chooses_and_is_kept(program: Path, tmp_path: Path):
    (tmp_path / "a.png").write_bytes(png(1))
    write(
        program,
        f"""
picture = Path({str(tmp_path / "a.png")!r}).read_bytes()
for number, rating in enumerate(["General", "R-18"]):
    path = out / "pixiv" / f"{{number}}_p0.png"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(picture + bytes([number]))
    about = {{"tags": ["cat"], "rating": rating, "total_bookmarks": 7, "nijigen_url": "https://i.pximg.net/x.png"}}
    Path(f"{{path}}.json").write_text(json.dumps(about))
    print(path, flush=True)
""",
    )
    query = Query(tags=("cat",), ratings=frozenset({"g", ""}))
    assert taken("https://www.pixiv.net/users/1", tmp_path / "out", query).tally.kept == 1
    row = table(tmp_path / "out")[0]
    assert (row["host"], row["score"], row["rating"], row["tags"]) == ("www.pixiv.net", 7, "g", " cat ")
    assert (row["source"], row["url"]) == ("https://www.pixiv.net/users/1", "https://i.pximg.net/x.png")
    assert row["path"].startswith("www.pixiv.net/")
    left = [path.name for path in (tmp_path / "out" / ".gallery-dl").rglob("*") if path.is_file()]
    assert left == ["log.txt"]


def test_a_picture_is_not_taken_before_what_is_known_of_it_is_there(program: Path, tmp_path: Path):
    (tmp_path / "a.png").write_bytes(png(1))
    write(
        program,
        f"""
import time
picture = Path({str(tmp_path / "a.png")!r}).read_bytes()
for number, rating in enumerate(["General", "General", "R-18", "R-18"]):
    path = out / f"{{number}}_p0.png"
    path.write_bytes(picture + bytes([number]))
    time.sleep(0.15)
    Path(f"{{path}}.json").write_text(json.dumps({{"tags": ["cat"], "rating": rating}}))
    print(path, flush=True)
""",
    )
    query = Query(tags=("cat",), ratings=frozenset({"g", ""}))
    tally = taken("https://www.pixiv.net/users/1", tmp_path / "out", query).tally
    assert tally.kept == 2
    assert not [path.name for path in (tmp_path / "out" / ".gallery-dl").rglob("*.json")]


def test_what_it_leaves_is_looked_at_like_a_strangers_files(program: Path, tmp_path: Path):
    (tmp_path / "secret.png").write_bytes(png(1))
    write(
        program,
        f"""
os.symlink({str(tmp_path / "secret.png")!r}, out / "link.png")
os.symlink({str(tmp_path)!r}, out / "folder")
(out / "page.png").write_text("<html>")
(out / "half.png.part").write_bytes(b"\\x89PNG")
(out / "deep.png").write_bytes(b"\\x89PNG\\r\\n\\x1a\\n" * 9)
(out / "deep.png.json").write_text("[" * 100_000)
print("../../../etc/passwd\\n" * 50, "\\x1b[31m", "x" * 100_000, flush=True)
""",
    )
    found = taken("https://example.org/", tmp_path / "out")
    assert (found.tally.kept, sorted(found.lines)) == (0, ["deep.png: damaged", "page.png: not a picture"])
    assert (tmp_path / "secret.png").read_bytes() == png(1)


def test_it_is_given_the_address_as_one_word_and_no_shell(program: Path, tmp_path: Path):
    write(program, '(out.parent.parent / "said").write_text(json.dumps(arguments[-2:]))\n')
    address = "https://example.org/$(touch owned)?a=1;b&c='d'"
    taken(address, tmp_path / "out")
    assert json.loads((tmp_path / "out" / "said").read_text()) == ["--", address]


def test_one_that_fails_keeps_what_it_brought_and_says_the_last_error(program: Path, tmp_path: Path):
    (tmp_path / "a.png").write_bytes(png(1))
    write(
        program,
        f"""
(out / "1.png").write_bytes(Path({str(tmp_path / "a.png")!r}).read_bytes())
print("[pixiv][error] AuthRequired: \\x1b]0;'refresh-token' required", file=sys.stderr)
sys.exit(16)
""",
    )
    words = r"gave up \(\[pixiv\]\[error\] AuthRequired: \\x1b\]0;.*\); an account may be needed"
    with pytest.raises(SourceError, match=words):
        taken("https://www.pixiv.net/", tmp_path / "out")
    assert [row["state"] for row in table(tmp_path / "out")] == ["kept"]


@pytest.mark.parametrize(
    "address",
    ["ftp://example.org/a", "file:///etc/passwd", "r:https://example.org", "--exec", "https://", "http://../x", ""],
)
def test_other_addresses_are_refused(address: str, program: Path):
    write(program, "raise SystemExit(1)")
    with pytest.raises(SourceError, match="is no http or https address"):
        gallery_dl.place(address)


def test_without_the_program_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(SourceError, match="gallery-dl is not installed: pip install gallery-dl"):
        gallery_dl.place("https://www.pixiv.net/")

"""robots.txt, with the words that these sites use."""

import pytest
from yarl import URL

from data.booru.robots import CLOSED, Rules, parse

DONMAI = """
User-agent: *
Disallow: /
Allow: /$
Disallow: /*.json
Allow: /posts
Allow: /data
"""


def allowed(text: str, path: str, agent: str = "nijigen/0.1 (+https://example.org)") -> bool:
    return parse(text, agent).allows(URL("https://example.org").join(URL(path, encoded=True)))


@pytest.mark.parametrize(
    ("path", "open_"),
    [
        ("/", True),
        ("/posts", True),
        ("/posts/7", True),
        ("/posts.json?tags=solo", False),  # of two rules the longer one
        ("/data/7.png", True),
        ("/users", False),
        ("/robots.txt", True),
    ],
)
def test_the_longest_rule_wins(path: str, open_: bool) -> None:
    assert allowed(DONMAI, path) is open_


def test_a_group_that_names_us_is_ours_and_no_other() -> None:
    text = (
        "User-agent: other\nUser-agent: NIJIGEN\nDisallow: /post.json\n\nUser-agent: *\nDisallow: /data\nCrawl-delay: 5"
    )
    assert not allowed(text, "/post.json")
    assert allowed(text, "/data/7.png")
    assert parse(text, "nijigen/0.1").delay == 0
    assert not allowed(text, "/data/7.png", "somebody")
    assert parse(text, "somebody").delay == 5


def test_what_says_nothing_closes_nothing() -> None:
    for text in ("", "Disallow: /", "User-agent: *\nDisallow:", "<html>no</html>", "User-agent: *\n# Disallow: /"):
        assert allowed(text, "/posts.json"), text
    assert Rules().allows(URL("https://example.org/a"))
    assert not CLOSED.allows(URL("https://example.org/a"))


def test_groups_of_the_same_name_are_one() -> None:
    text = "User-agent: *\nDisallow: /a\n\nUser-agent: x\nDisallow: /\n\nUser-agent: *\nDisallow: /b"
    assert not allowed(text, "/a")
    assert not allowed(text, "/b")
    assert allowed(text, "/c")


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("/*.json$", "/posts.json", True),
        ("/*.json$", "/posts.json?tags=a", False),
        ("/a*c", "/abbbc/d", True),
        ("/a*c*e$", "/abcde", True),
        ("/a*c*e$", "/abcdef", False),
        ("/a$", "/a", True),
        ("/a$", "/ab", False),
        ("/*a*", "/b", False),
        ("/index.php?page=dapi", "/index.php?page=dapi&s=post", True),
        ("/絵", "/%E7%B5%B5/1", True),
        ("/ab*b$", "/ab", False),  # no letter counts twice
    ],
)
def test_stars_and_ends(pattern: str, path: str, fits: bool) -> None:
    assert allowed(f"User-agent: *\nDisallow: {pattern}", path) is not fits


def test_a_rule_of_a_thousand_stars_is_judged_at_once() -> None:
    assert allowed(f"User-agent: *\nDisallow: /{'*a' * 1000}$", "/" + "a" * 900)
    assert not allowed(f"User-agent: *\nDisallow: /{'*a' * 900}$", "/" + "a" * 1000)

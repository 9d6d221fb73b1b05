"""What the pages are made of: HTML in one file, no script, nothing fetched, in light and dark."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from data.report.thumbnails import Shown


def document(title: str, body: str) -> str:
    """A whole page, for narrow and wide windows."""
    style = (Path(__file__).parent / "style.css").read_text(encoding="utf-8")
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>{text(title)}</title>
<style>
{style}</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""


def text(raw: str) -> str:
    """A file's name may be no text in any encoding."""
    return escape(raw.encode("utf-8", "replace").decode())


def quiet(said: str) -> str:
    """A paragraph in a low voice, "" of nothing."""
    return f'<p class="quiet">{text(said)}</p>' if said else ""


def section(title: str, content: str) -> str:
    """Content under a heading, "" of nothing."""
    return f"<section>\n<h2>{text(title)}</h2>\n{content}\n</section>\n" if content else ""


def figures(pictures: Sequence[Shown], large: bool = False) -> str:
    """Pictures side by side, "" of none."""
    kind = "pictures large" if large else "pictures"
    return f'<div class="{kind}">{"".join(map(figure, pictures))}</div>' if pictures else ""


def groups(alike: Iterable[Sequence[Shown]]) -> str:
    """Pictures that belong together, each time the one that stays first."""
    rows = "".join(f'<div class="group">{"".join(map(figure, group))}</div>' for group in alike)
    return f'<div class="groups">{rows}</div>'


def figure(shown: Shown) -> str:
    """A picture and its caption."""
    title = text(shown.title or shown.file)
    image = (
        f'<img src="data:image/webp;base64,{shown.image}" alt="{text(shown.file)}" title="{title}">'
        if shown.image
        else f'<span class="gone" title="{title}"></span>'
    )
    return f"<figure>{image}<figcaption>{text(shown.caption)}</figcaption></figure>"

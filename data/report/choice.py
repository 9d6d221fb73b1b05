"""What was chosen for a set, what was left out and why, as one page: for the person who has the last word."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from data.curate.decisions import FILE, GOOD, Decision
from data.dataset.reading import Reader
from data.dataset.source import Source
from data.report.markup import document, figures, groups, quiet, section, text
from data.report.thumbnails import Shown, shown

MOST = 240  # pictures of a section; the rest is in the file
# Verdict -> what it means, and the score that it goes by: those nearest to the limit come first.
VERDICTS = {
    "no head": ("The face finder sees no head, or is less sure of one than --min-head.", "head"),
    "two heads": ("It sees a second head, and is surer of it than --max-second.", "second"),
    "lettering": ("Share of the picture that letters take up: more than --max-lettering.", "lettering"),
    "monochrome": ("How far the colours are spread: less than --min-colour.", "colour"),
    "blurred": ("1 / width of the outlines in px: less than --min-sharpness.", "sharpness"),
    "tiny": ("The shorter side in px: less than --min-side.", "width"),
    "duplicate": ("Copies of the first one of each group, which has more detail or was chosen by a person.", ""),
    "rating": ("Of another rating than --rating, as their site has it, else as a classifier sees it.", ""),
    "nsfw": (
        "A classifier is surer than --max-nsfw that it is questionable or explicit; nobody has rated it so.",
        "nsfw",
    ),
}
_FALLING = ("head", "colour", "sharpness", "width")  # the higher, the nearer to the limit


def choice_page(source: Source, decisions: Sequence[Decision]) -> str:
    """HTML that needs nothing from elsewhere. `source` is what the pictures are chosen from. Raises DatasetError."""
    kept = [d for d in decisions if d.keep]
    broken = sum(d.verdict == "unreadable" for d in decisions)
    with Reader(source) as reader:
        sections = [_left(reader, verdict, decisions) for verdict in VERDICTS]
        sections.insert(0, _section(reader, "Decided by a person", "", [d for d in decisions if d.person], ""))
        least = sorted((d for d in kept if not d.person), key=lambda d: (d.head, d.file))
        sections.append(_section(reader, "Kept", "Those that are least surely a head come first.", least, ""))
    facts = [
        ("pictures", len(decisions)), ("kept", len(kept)), ("left out", len(decisions) - len(kept) - broken),
        ("unreadable", broken),
    ]  # fmt: skip
    told = quiet(
        f'Change "keep" in {FILE}, which lies beside this page, and run curate again: what a person decided stays. '
        "Those nearest to a limit come first."
    )
    counts = "".join(f"<div><b>{count:,}</b> {name}</div>" for name, count in facts)
    title = f"{Path(source.path).name}: what was chosen"
    return document(title, f'<h1>{text(title)}</h1>{told}<div class="facts">{counts}</div>{"".join(sections)}')


def _left(reader: Reader, verdict: str, decisions: Sequence[Decision]) -> str:
    meaning, score = VERDICTS[verdict]
    left = [d for d in decisions if d.verdict == verdict and not d.keep and not d.person]
    if verdict == "duplicate":
        return _copies(reader, meaning, left)
    left.sort(key=lambda d: ((-1 if score in _FALLING else 1) * (getattr(d, score or "width") or 0), d.file))
    return _section(reader, f"Left out: {verdict}", meaning, left, score)


def _copies(reader: Reader, meaning: str, left: Sequence[Decision]) -> str:
    """Each behind the one that it is a copy of."""
    alike: dict[str, list[Decision]] = {}
    for decision in left[:MOST]:
        alike.setdefault(decision.why.removeprefix("of "), []).append(decision)
    rows = [
        [shown(reader, file, Path(file).name), *(_shown(reader, copy, "") for copy in copies)]
        for file, copies in sorted(alike.items(), key=lambda item: (-len(item[1]), item[0]))
    ]
    return section(f"Left out: duplicate ({len(left):,})", quiet(meaning) + groups(rows) + _more(left)) if left else ""


def _section(reader: Reader, title: str, meaning: str, some: Sequence[Decision], score: str) -> str:
    if not some:
        return ""
    pictures = [_shown(reader, decision, score) for decision in some[:MOST]]
    return section(f"{title} ({len(some):,})", quiet(meaning) + figures(pictures, large=True) + _more(some))


def _more(some: Sequence[Decision]) -> str:
    return quiet(f"and {len(some) - MOST:,} more") if len(some) > MOST else ""


def _shown(reader: Reader, decision: Decision, score: str) -> Shown:
    """With its file's name, by which a person finds its line."""
    told = f"{getattr(decision, score):.3g}\n" if score else ""
    if decision.person:
        told = "kept\n" if decision.keep else "dropped\n"
    title = ", ".join(filter(None, (decision.file, decision.why, "" if decision.verdict == GOOD else decision.verdict)))
    return shown(reader, decision.file, f"{told}{Path(decision.file).name}", title)

"""A survey as HTML: one file, no script, nothing fetched."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from data.report.markup import document, figures, groups, quiet, section, text
from data.report.survey import Survey

MEANINGS = {
    "Least sharp": "1 / width of the outlines in px; clean ones have 0.5 to 0.9, curate leaves out below 0.25.",
    "Least colour": "How far the colours are spread; 0 is grey, curate leaves out below 0.05.",
    "Least a head": "How sure the face finder is, 0 to 1; curate leaves out below 0.5.",
    "Most of a second head": "Likewise; curate leaves out above 0.55.",
    "Most lettering": "Share of the picture that letters take up; curate leaves out above 0.01.",
    "Least safe": "How sure a classifier is that it is questionable or explicit; curate leaves out above 0.5.",
    "Smallest": "The shorter side in px; curate leaves out below 64.",
}
KINDS = {"zip": "a zip", "folder": "a folder", "packed": "a packed folder"}


def page(survey: Survey) -> str:
    """The whole page, in light and dark, for narrow and wide windows."""
    title = text(survey.name)
    return document(
        f"{survey.name}: a training set",
        f"""<h1>{title}</h1>
<p class="quiet">A training set of nijigen, {KINDS[survey.kind]}.</p>
{_facts(survey)}
{section("Samples", figures(survey.samples))}
{_measures(survey)}
{section("Colours", _palette(survey.palette))}
{"".join(section(name, quiet(MEANINGS[name]) + figures(pictures)) for name, pictures in survey.worst if pictures)}
{_copies(survey)}
{_labels(survey)}
{_unreadable(survey)}""",
    )


def _facts(survey: Survey) -> str:
    facts = [
        ("pictures", survey.count),
        ("unreadable", survey.unreadable_count),
        ("copies of others", survey.copies),
        ("labelled", survey.labelled),
    ]
    return '<div class="facts">' + "".join(f"<div><b>{count:,}</b> {name}</div>" for name, count in facts) + "</div>"


def _measures(survey: Survey) -> str:
    rows = "".join(
        f"<tr><th>{name}</th><td>{low:.3g}</td><td>{middle:.3g}</td><td>{high:.3g}</td></tr>"
        if low < 100
        else f"<tr><th>{name}</th><td>{low:,.0f}</td><td>{middle:,.0f}</td><td>{high:,.0f}</td></tr>"
        for name, low, middle, high in survey.scores
    )
    head = "<thead><tr><th>of all are below</th><th>5 %</th><th>50 %</th><th>95 %</th></tr></thead>"
    scores = f"<div><h3>Scores</h3><table>{head}<tbody>{rows}</tbody></table></div>" if rows else ""
    tables = [("Shorter side, px", survey.sizes), ("Chosen from", survey.chosen)]
    shares = "".join(f"<div><h3>{title}</h3>{_bars(counts)}</div>" for title, counts in tables if counts)
    return section("Measures", f'<div class="columns">{shares}{scores}</div>')


def _bars(counts: Sequence[tuple[str, int]]) -> str:
    most = max(count for _, count in counts)
    return _table((name, f"{count:,}", count / most) for name, count in counts)


def _table(rows: Iterable[tuple[str, str, float]]) -> str:
    """Name, number, and how long a bar is, 0…1."""
    cells = "".join(
        f'<tr><th>{text(name)}</th><td>{number}</td><td class="bar"><i style="width:{100 * share:.1f}%"></i></td></tr>'
        for name, number, share in rows
    )
    return f"<table><tbody>{cells}</tbody></table>"


def _palette(palette: Sequence[tuple[str, float]]) -> str:
    if not palette:
        return ""
    covered = sum(share for _, share in palette)
    said = f"The {len(palette)} commonest of 512 colours, which are {covered:.0%} of all pixels."
    swatches = "".join(
        f'<i style="background:{color};flex:{share / covered:.5f}" title="{color}, {share:.1%}"></i>'
        for color, share in palette
    )
    return quiet(said) + f'<div class="palette">{swatches}</div>'


def _copies(survey: Survey) -> str:
    if not survey.groups:
        return ""
    said = f"{survey.copies:,} copies of other pictures. The first of each row would stay."
    return section("Copies", quiet(said) + groups(survey.groups))


def _labels(survey: Survey) -> str:
    tables = "".join(
        f"<div><h3>{text(attribute)}</h3>{_table((word, f'{share:.1%}', share) for word, share in shares)}</div>"
        for attribute, shares in survey.labels
    )
    return section("Labels", quiet(survey.labels_unused) + (f'<div class="columns">{tables}</div>' if tables else ""))


def _unreadable(survey: Survey) -> str:
    if not survey.unreadable:
        return ""
    lines = "".join(f"<li>{text(file)}: {text(reason)}</li>" for file, reason in survey.unreadable)
    left = survey.unreadable_count - len(survey.unreadable)
    return section("Unreadable", f"<ul>{lines}</ul>{f'<p>and {left:,} more</p>' if left else ''}")

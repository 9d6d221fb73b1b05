"""A folder of the pictures that are kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from data import durable, origins
from data.curate.decisions import FILE, CurateError, Decision
from data.dataset.packing import Report
from data.dataset.reading import Reader, Unusable, leads_out
from data.dataset.source import Source
from data.labelled import FILE as LABELS
from data.labelled import excerpt, written


def check(source: Source, out: Path) -> None:
    """Raises CurateError where `out` is no place for the kept pictures: in the source, or full of something else."""
    out, path = out.resolve(), Path(source.path)
    if out == path or path in out.parents:
        raise CurateError(f"{out} lies in {path}, whose pictures are to be chosen from: name another folder")
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not (out / FILE).is_file())):
        raise CurateError(f"{out} is not empty and holds no {FILE} of an earlier run: name another folder")


def write_folder(
    source: Source,
    decisions: Sequence[Decision],
    out: Path,
    report: Report | None = None,
    labels: Sequence[Mapping[str, Any]] | None = None,
) -> None:
    """Copies of the pictures that are kept, and what is known of them; `check` has allowed `out`.

    Their labels are the lines of `labels`, those that lie beside the source where there are none. What is there already
    is not copied again; a copy whose picture is not kept any more is removed. Raises CurateError and DatasetError.
    """
    kept = [decision.file for decision in decisions if decision.keep]
    for decision in decisions:
        if not decision.keep and decision.verdict != "unreadable":  # whose name may be no good one either
            (out / decision.file).unlink(missing_ok=True)
    with Reader(source) as reader:
        for number, name in enumerate(kept, 1):
            _copy(reader, name, out / name)
            if report is not None:
                report(number, len(kept))
    beside = excerpt(source.path, set(kept)) if labels is None else {LABELS: written(labels)}
    for name, content in (beside | origins.excerpt(Path(source.path), set(kept))).items():
        durable.write_bytes(out / name, content)


def forget(out: Path, earlier: Iterable[str], pictures: Iterable[str]) -> None:
    """Removes copies of pictures that were decided about `earlier` and are not among those to choose from any more."""
    for name in set(earlier) - set(pictures):
        if not leads_out(name):  # a person may have written anything there
            (out / name).unlink(missing_ok=True)


def counts(decisions: Iterable[Decision]) -> dict[str, int]:
    """How many were kept, and how many left out for which reason; "by a person" is one."""
    found: dict[str, int] = {"kept": 0}
    for decision in decisions:
        verdict = "by a person" if decision.person and not decision.keep else decision.verdict
        reason = "kept" if decision.keep else verdict
        found[reason] = found.get(reason, 0) + 1
    return found


def _copy(reader: Reader, name: str, place: Path) -> None:
    if place.is_file() and place.stat().st_size == reader.size(name):
        return
    try:
        durable.write_bytes(place, reader.content(name))
    except Unusable as reason:
        raise CurateError(f"{name} was well when it was measured, and now {reason}: run it again") from reason
    except OSError as error:
        raise CurateError(f"{place} cannot be written: {error.strerror or error}") from error

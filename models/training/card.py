"""A model's card, filled with what is known when a run ends; what a person must judge is left open in so many words."""

from __future__ import annotations

import json
import os
import platform
import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from PIL import Image

from data import durable
from models.checkpoint import CARD
from models.throughput import processor

SHEET, CURVES = "sheet.jpg", "losses.png"
STRIP, FILM = "strip.jpg", "strip.webp"  # the same latents through the run
NOT_MEASURED = "Not measured yet: `python -m bot measure --model FOLDER --against drawn:count=…,seed=… --card`."
NOT_TRANSLATED = "Not measured yet: `python -m bot measure --model FOLDER --photos FOLDER --card`."
NAMES = {"dcgan": "DCGAN", "stylegan": "StyleGAN2", "twingan": "TwinGAN"}
_SIZES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "dcgan": lambda network: (
        f"widths {network['widths']} from a first map of {network['start']} px, {_latent(network)}"
    ),
    "stylegan": lambda network: f"{_channels(network)}, {_latent(network)}",
    "twingan": lambda network: (
        f"{_channels(network)}, {network['norm'].replace('_', ' ')} norm by domain: {', '.join(network['domains'])}"
    ),
}
_MEASURED = {"dcgan": " BatchNorm's statistics of G_ema were measured on 2,048 latents."}
_SHOWN = {"twingan": "Photos that it never saw, and what it makes of them"}


def card(
    config: Mapping[str, Any],
    manifest: Mapping[str, Any],
    nimg: int,
    seconds: float,
    lines: Sequence[Mapping[str, Any]],
    metrics: Sequence[Mapping[str, Any]] = (),
    best: int | None = None,
) -> str:
    """Markdown. `config` is the run's resolved one, `manifest` its data's, `lines` those of `stats.jsonl`.

    `metrics` are those of `metrics.jsonl`, `best` the images at the snapshot that the model is. Of a run with several
    domains, `manifest` and the config's `data` have those of each by its name.
    """
    network, family = config["network"], config["family"]
    labels = f"{network['c_dim']} labels" if network["c_dim"] else "no labels: it cannot be told what to draw"
    started = f"- **Started from** `{config['init']}`.\n" if config["init"] else ""
    return (
        f"# A {NAMES[family]} at {network['resolution']} px\n\n"
        f"{labels[0].upper()}{labels[1:]}; {_SIZES[family](network)}.\n\n"
        "## Made from\n\n"
        f"{_data(config['data'], manifest)}"
        f"- **Training**: {nimg / 1000:g} kimg in {_duration(seconds)} ({1000 * seconds / max(nimg, 1):.1f} s/kimg) on "
        f"{_hardware()}.\n{started}\n"
        f"      {command(config)}\n\n"
        f"- **Preset** `{config['cfg']}`, resolved: `{json.dumps(config['options'])}`.\n"
        f"- **Stored** in float16 (what has one dimension in float32).{_MEASURED.get(family, '')}\n\n"
        f"## What it draws\n\n![{_SHOWN.get(family, '64 faces, the preview seeds')}]({SHEET})\n\n"
        f"{_snapshots(family, metrics, best)}"
        f"## Losses\n\n{_losses(lines)}\n\n![The losses over the run]({CURVES})\n\n"
        f"## Metrics\n\n{NOT_TRANSLATED if family == 'twingan' else NOT_MEASURED}\n\n"
        f"## Known faults\n\n{_faults(config, lines)}"
    )


def command(config: Mapping[str, Any]) -> str:
    """The command line that repeats the run, with its data as resolved: `sources` by their options, or `data`."""
    words = ["python", "-m", "bot", *config.get("command", f"train {config['family']}").split()]
    for name, value in {**config["asked"], **config.get("sources", {"data": config["data"]})}.items():
        option = "--from" if name == "init" and words[3] == "finetune" else "--" + name.replace("_", "-")
        if isinstance(value, bool):
            words.append(option if value else f"--no-{option[2:]}")
        elif isinstance(value, list):
            words += [word for one in value for word in (option, one)]
        else:
            words += [option, f"{value:g}" if isinstance(value, float) else str(value)]
    return shlex.join([*words, "--outdir", "RUN"])


def _data(data: Any, manifest: Mapping[str, Any]) -> str:
    """What was learnt from, a line each."""
    if not isinstance(data, Mapping):
        return f"- **Data**: {manifest['count']:,} pictures of `{data}` (set {manifest['hash'][:12]}).\n"
    return "".join(
        f"- **Data**, {domain}: {manifest[domain]['count']:,} pictures of `{source}` "
        f"(set {manifest[domain]['hash'][:12]}).\n"
        for domain, source in data.items()
    )


def _channels(network: Mapping[str, Any]) -> str:
    return f"channel_base {network['channel_base']}, channel_max {network['channel_max']}"


def _latent(network: Mapping[str, Any]) -> str:
    return f"z_dim {network['z_dim']}"


def illustrate(folder: Path, run: Path, nimg: int | None = None) -> None:
    """Put the run's sheet at `nimg` images (its last), its curves and its film strip beside the card of a model."""
    if sheets := sorted((run / "sheets").glob("*.png")):
        chosen = [sheet for sheet in sheets if nimg is not None and sheet.stem == f"{nimg // 1000:06d}"]
        with Image.open((chosen or sheets)[-1]) as sheet, durable.replacing(folder / SHEET) as fresh:
            sheet.convert("RGB").save(fresh, "JPEG", quality=88)
    if (run / "strip.png").exists():
        with Image.open(run / "strip.png") as strip, durable.replacing(folder / STRIP) as fresh:
            strip.convert("RGB").save(fresh, "JPEG", quality=86)
    if (run / FILM).exists():
        with durable.replacing(folder / FILM) as fresh:
            fresh.write_bytes((run / FILM).read_bytes())
    if (run / CURVES).exists():
        with durable.replacing(folder / CURVES) as fresh:
            fresh.write_bytes((run / CURVES).read_bytes())


def add_metrics(folder: Path, text: str) -> None:
    """Put `text` in the place of what the card in a model's folder says under "Metrics"."""
    path = folder / CARD
    whole = path.read_text(encoding="utf-8") if path.exists() else ""
    section = f"## Metrics\n\n{text.strip()}\n\n"
    found = re.search(r"^## Metrics\n.*?(?=^## |\Z)", whole, re.MULTILINE | re.DOTALL)
    if found:
        whole = whole[: found.start()] + section + whole[found.end() :]
    else:
        whole = f"{whole.rstrip()}\n\n{section}".lstrip()
    durable.write_text(path, whole.rstrip() + "\n")


def _snapshots(family: str, metrics: Sequence[Mapping[str, Any]], best: int | None) -> str:
    """What was measured at snapshots, the first, the last and the best."""
    if not metrics:
        return ""
    names = [name for name in metrics[-1] if name not in ("nimg", "distance")]
    rows = ["| kimg | " + " | ".join(names) + " |", "| --- " * (len(names) + 1) + "|"]
    for i, line in enumerate(metrics):
        if i in (0, len(metrics) - 1) or line["nimg"] == best:
            at = f"{line['nimg'] / 1000:g}" + (", this model" if line["nimg"] == best else "")
            numbers = " | ".join(f"{line[name]:.4g}" for name in names)
            rows.append(f"| {at} | {numbers} |")
    about = (
        "Of photos that it never saw: the share whose translation has the look that is known of them."
        if family == "twingan"
        else "Against pictures that were held out, or where the set is too small or too large for that, against it; "
        "`copies` is the share of drawings that are too near to one picture."
    )
    return f"## Snapshots\n\n{about}\n\n{chr(10).join(rows)}\n\n"


def _losses(lines: Sequence[Mapping[str, Any]]) -> str:
    """A table of the run at a tenth, a half and its end, each the mean of the lines about it."""
    if not lines:
        return "Too short a run for statistics."
    names = [name for name in lines[-1] if name not in ("nimg", "s/kimg", "time")]
    rows = ["| kimg | " + " | ".join(names) + " |", "| --- " * (len(names) + 1) + "|"]
    for share in (0.1, 0.5, 1.0):
        end = max(1, round(share * len(lines)))
        near = lines[max(0, end - max(1, len(lines) // 20)) : end]
        means = [_mean(line[name] for line in near if name in line) for name in names]
        rows.append(f"| {near[-1]['nimg'] / 1000:g} | " + " | ".join(means) + " |")
    return "\n".join(rows)


def _faults(config: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> str:
    faults = ["- Nobody has counted its clean faces yet."]
    gaps = [line["gap"] for line in lines[-20:] if "gap" in line]
    if gaps and sum(gaps) / len(gaps) > 0.9:
        faults.append(f"- D was far ahead at the end: D(x) - D(G(z)) was {sum(gaps) / len(gaps):.2f} on average.")
    if gaps and sum(gaps) / len(gaps) < 0.05:
        faults.append("- D could not tell drawings from pictures at the end; ranking by it means little.")
    if config["options"]["mirror"]:
        faults.append("- Mirrored pictures were among its own: it draws partings and hairpins on either side alike.")
    return "\n".join(faults) + "\n"


def _mean(values: Any) -> str:
    found = [*values]
    return f"{sum(found) / len(found):.3f}" if found else ""


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60:02d} min" if minutes >= 60 else f"{minutes} min"


def _hardware() -> str:
    if torch.cuda.is_available():
        return torch.cuda.get_device_name()
    threads = torch.get_num_threads()
    return (
        f"{processor()} ({os.cpu_count()} cores, {threads} thread{'s' if threads != 1 else ''}), {platform.system()}, "
        f"torch {torch.__version__}"
    )

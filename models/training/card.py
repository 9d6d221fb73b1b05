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
NOT_MEASURED = "Not measured yet: `python -m bot measure --model FOLDER --against drawn:count=…,seed=… --card`."
NAMES = {"dcgan": "DCGAN", "stylegan": "StyleGAN2"}
_SIZES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "dcgan": lambda network: f"widths {network['widths']} from a first map of {network['start']} px",
    "stylegan": lambda network: f"channel_base {network['channel_base']}, channel_max {network['channel_max']}",
}
_MEASURED = {"dcgan": " BatchNorm's statistics of G_ema were measured on 2,048 latents.", "stylegan": ""}


def card(
    config: Mapping[str, Any],
    manifest: Mapping[str, Any],
    nimg: int,
    seconds: float,
    lines: Sequence[Mapping[str, Any]],
) -> str:
    """Markdown. `config` is the run's resolved one, `manifest` its data's, `lines` those of `stats.jsonl`."""
    network, family = config["network"], config["family"]
    labels = f"{network['c_dim']} labels" if network["c_dim"] else "no labels: it cannot be told what to draw"
    started = f"- **Started from** `{config['init']}`.\n" if config["init"] else ""
    return (
        f"# A {NAMES[family]} at {network['resolution']} px\n\n"
        f"{labels[0].upper()}{labels[1:]}; {_SIZES[family](network)}, z_dim {network['z_dim']}.\n\n"
        "## Made from\n\n"
        f"- **Data**: {manifest['count']:,} pictures of `{config['data']}` (set {manifest['hash'][:12]}).\n"
        f"- **Training**: {nimg / 1000:g} kimg in {_duration(seconds)} ({1000 * seconds / max(nimg, 1):.1f} s/kimg) on "
        f"{_hardware()}.\n{started}\n"
        f"      {command(config)}\n\n"
        f"- **Preset** `{config['cfg']}`, resolved: `{json.dumps(config['options'])}`.\n"
        f"- **Stored** in float16 (what has one dimension in float32).{_MEASURED[family]}\n\n"
        f"## What it draws\n\n![64 faces, the preview seeds]({SHEET})\n\n"
        f"## Losses\n\n{_losses(lines)}\n\n![The losses over the run]({CURVES})\n\n"
        f"## Metrics\n\n{NOT_MEASURED}\n\n"
        f"## Known faults\n\n{_faults(config, lines)}"
    )


def command(config: Mapping[str, Any]) -> str:
    """The command line that repeats the run, with its data as resolved."""
    words = ["python", "-m", "bot", *config.get("command", f"train {config['family']}").split()]
    for name, value in {**config["asked"], "data": config["data"]}.items():
        option = "--from" if name == "init" and words[3] == "finetune" else "--" + name.replace("_", "-")
        if isinstance(value, bool):
            words.append(option if value else f"--no-{option[2:]}")
        else:
            words += [option, f"{value:g}" if isinstance(value, float) else str(value)]
    return shlex.join([*words, "--outdir", "RUN"])


def illustrate(folder: Path, run: Path) -> None:
    """Put the run's last sheet and its curves beside the card in the model's folder."""
    if sheets := sorted((run / "sheets").glob("*.png")):
        with Image.open(sheets[-1]) as sheet, durable.replacing(folder / SHEET) as fresh:
            sheet.convert("RGB").save(fresh, "JPEG", quality=88)
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

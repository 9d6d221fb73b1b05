"""`python -m bot ...`: one file a command or two, in rooms; whatever is heavy is imported inside the functions."""

from __future__ import annotations

import sys
import traceback
from typing import Annotated

import typer

from bot.cli.backup import backup_command, restore_command
from bot.cli.bench import bench
from bot.cli.doctor import doctor
from bot.cli.models.import_model import import_command
from bot.cli.models.install import install
from bot.cli.models.sample import sample
from bot.cli.models.translate import translate
from bot.cli.pictures.crawl import crawl
from bot.cli.pictures.crop import crop
from bot.cli.pictures.curate import curate
from bot.cli.pictures.dataset import pack, report
from bot.cli.pictures.draw import draw_command
from bot.cli.pictures.faces import faces
from bot.cli.pictures.label import label
from bot.cli.refusal import Refusal
from bot.cli.run import run
from bot.cli.training.dcgan import train_dcgan
from bot.cli.training.features import train_features
from bot.cli.training.finder import train_finder
from bot.cli.training.measure import measure
from bot.cli.training.measure_features import measure_features
from bot.cli.training.measure_finder import measure_finder
from bot.cli.training.measure_people import measure_people
from bot.cli.training.people import train_people
from bot.cli.training.stylegan import finetune, train_stylegan
from bot.cli.training.twingan import train_twingan
from bot.settings import WrongSettings

app = typer.Typer(
    add_completion=False,
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="nijigen (二次元): anime faces that never existed. Without a command it runs the bot.",
)
train = typer.Typer(no_args_is_help=True, help="Train a network.")
dataset = typer.Typer(no_args_is_help=True, help="Training sets.")
app.add_typer(train, name="train")
app.add_typer(dataset, name="dataset")


@app.callback(invoke_without_command=True)
def main_command(
    context: typer.Context,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
) -> None:
    if context.invoked_subcommand is None:
        run()


app.command("run")(run)
app.command("sample")(sample)
app.command("finetune")(finetune)
app.command("measure")(measure)
app.command("import")(import_command)
app.command("install")(install)
app.command("draw")(draw_command)
app.command("crawl")(crawl)
app.command("crop")(crop)
app.command("curate")(curate)
app.command("label")(label)
app.command("bench")(bench)
app.command("doctor")(doctor)
app.command("backup")(backup_command)
app.command("restore")(restore_command)
app.command("measure-features")(measure_features)
app.command("measure-finder")(measure_finder)
app.command("measure-people")(measure_people)
app.command("faces")(faces)
app.command("translate")(translate)
train.command("dcgan")(train_dcgan)
train.command("stylegan")(train_stylegan)
train.command("twingan")(train_twingan)
train.command("features")(train_features)
train.command("finder")(train_finder)
train.command("people")(train_people)
dataset.command("pack")(pack)
dataset.command("report")(report)


def main() -> None:
    """Exit status: 0 done; 1 refused, one sentence on stderr; 2 wrong usage. No traceback without `--debug`."""
    debug = "--debug" in sys.argv[1:]
    # Allowed anywhere on the line, so that it can be added to a command that just failed.
    arguments = [a for a in sys.argv[1:] if a != "--debug"]
    try:
        app(args=arguments, prog_name="python -m bot")
    except (Refusal, WrongSettings) as refusal:
        print(refusal, file=sys.stderr)
        raise SystemExit(1) from None
    except Exception as error:
        if debug:
            traceback.print_exc()
        else:
            print(f"{type(error).__name__}: {error} (--debug shows where)", file=sys.stderr)
        raise SystemExit(1) from None

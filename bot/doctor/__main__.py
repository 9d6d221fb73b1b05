"""`python -m bot.doctor`: the doctor without the command line's packages, for where even those are missing."""

from __future__ import annotations

import sys

OLDEST = (3, 11)


def main(arguments: list[str] | None = None) -> None:
    """Look at everything, and leave with the exit status of `bot.doctor.visit.visit`."""
    if sys.version_info < OLDEST:
        # The catalogue cannot be read either: its format came with this version.
        print("✗ Python {}.{} is too old: nijigen needs 3.11 or newer.".format(*sys.version_info[:2]), file=sys.stderr)
        raise SystemExit(1)
    import argparse
    import os

    from bot.doctor.visit import visit

    parser = argparse.ArgumentParser("python -m bot doctor", description="See whether all is well.")
    parser.add_argument("--json", action="store_true", help="for programs: one JSON object on stdout")
    try:
        raise SystemExit(visit(parser.parse_args(arguments).json))
    except BrokenPipeError:  # `| head` has seen enough; nor is the rest to be written when Python ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()

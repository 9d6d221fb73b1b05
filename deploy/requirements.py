"""Prints what pyproject.toml asks for, for layers of an image that hold the packages without the code.

`requirements.py torch` prints torch alone; `requirements.py all EXTRA,EXTRA` prints everything.
"""

import sys
import tomllib
from pathlib import Path


def main() -> None:
    what, *extras = [word for argument in sys.argv[1:] for word in argument.split(",") if word]
    project = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["project"]
    wanted = project["dependencies"]
    if what == "torch":
        wanted = [text for text in wanted if text.startswith("torch")]
    for extra in extras:
        wanted = wanted + project["optional-dependencies"][extra]
    print("\n".join(wanted))


if __name__ == "__main__":
    main()

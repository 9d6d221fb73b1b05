"""A trainer that learns nothing, at once: what it does is in the order's options.

`die` times it dies, which is counted in the run's folder; with `hold` it waits to be stopped or let go; `refuse` is a
sentence; `numbers` are the result's.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from pathlib import Path

from bot.characters.order import LEARNING, Order, Result
from bot.characters.standing_back import StandingBack
from bot.pool.trainer import DONE, REFUSED, STOPPED

GOOD = {"distance": 0.5, "noise": 0.0, "diversity": 0.9, "copies": 0.0, "faces": 1.0}
OLD = {"distance": 1.0, "noise": 0.0, "diversity": 0.9, "copies": 0.0, "faces": 1.0}


def main(folder: Path) -> int:
    stopped = []
    signal.signal(signal.SIGTERM, lambda number, frame: stopped.append(number))
    standing = StandingBack()
    order = Order.load(folder)
    assert order is not None
    options = order.options
    lives = folder / "lives"
    lives.write_text(f"{(lives.read_text() if lives.exists() else '')}x")
    life = len(lives.read_text())
    standing.say("stage", stage="learning")
    standing.say("progress", nimg=500, kimg=0.5, of=1, numbers={"loss_G": 1.5})
    print(f"life {life}", file=sys.stderr, flush=True)
    if life <= options.get("die", 0):
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
    beats = 0
    while options.get("hold") and not (folder / "let-go").exists():
        standing.wait()
        beats += 1
        (folder / "beats").write_text(str(beats))
        time.sleep(0.01)
        if stopped:
            return STOPPED
    if "refuse" in options:
        standing.say("refused", sentence=options["refuse"])
        return REFUSED
    source = Path(os.environ["STORAGE_DIR"]) / "models" / order.base.replace("@", "/")
    shutil.copytree(source, folder / LEARNING / "model", dirs_exist_ok=True)
    version = f"20260131T{100000 + order.seed:06d}-{order.seed:06x}"
    Result(version, 1.0, options.get("numbers", {"old": OLD, "new": GOOD})).save(folder)
    standing.say("done")
    return DONE


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

"""Python that is killed, with no chance to tidy up, at a moment of the test's choosing."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
REPORT = """
import sys
def report(done, total):
    if done >= int(sys.argv[1]):
        print("now", flush=True)
        sys.stdin.read()
"""


def killed(script: str, done: int, *arguments: str | Path) -> None:
    """Runs `script`, which has `report` and the arguments from `sys.argv[2]` on, and kills it when `done` are done."""
    process = subprocess.Popen(
        [sys.executable, "-c", REPORT + script, str(done), *map(str, arguments)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "now\n", process.communicate()[1]
    process.kill()
    process.communicate()

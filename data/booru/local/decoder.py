"""`python -m data.booru.local.decoder`: decodes a stranger's video in a process of its own, which may crash.

stdin: one JSON object, the arguments of `shots` and an `ending`. stdout: JSON lines; after one that has `bytes` come as
many bytes of a picture. The last line has `done` or `refused`.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from pathlib import Path
from typing import Any

MEMORY = 4 << 30  # bytes of address space, libraries included


def main() -> None:
    asked = json.loads(sys.stdin.readline())
    with contextlib.suppress(ImportError, ValueError, OSError):  # Windows has no such limit
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # no library's chatter between the lines

    def tell(said: dict[str, Any], content: bytes = b"") -> None:
        out.write(json.dumps(said).encode() + b"\n" + content)
        out.flush()

    import cv2

    from data.booru.local.shots import NoVideo, Shot, shots

    cv2.setNumThreads(1)
    ending = asked["ending"]
    options = {"jpg": (cv2.IMWRITE_JPEG_QUALITY, 95, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, 0x111111), "webp": (101,)}
    try:
        for one in shots(Path(asked["path"]), asked["start"], asked["max_pixels"]):
            if not isinstance(one, Shot):
                tell({"at": one.seconds})
                continue
            bgr = cv2.cvtColor(one.pixels, cv2.COLOR_RGB2BGR)
            done, coded = cv2.imencode(f".{ending}", bgr, options.get(ending, ()))
            if done:
                content = coded.tobytes()
                tell({"at": one.at, "after": min(one.after, 1e9), "bytes": len(content)}, content)
        tell({"done": True})
    except NoVideo as error:
        tell({"refused": str(error)})
    except BrokenPipeError:
        pass


if __name__ == "__main__":
    main()

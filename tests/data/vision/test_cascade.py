import hashlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from data.addresses import Allowance
from data.intake import Limits
from data.vision.cascade import AnimeCascade, CascadeUnavailable, cascade_file, drawn_box
from tests.wire.picture_host import PictureHost

HAAR = Path(cv2.__file__).parent / "data" / "haarcascade_frontalface_default.xml"


@pytest.mark.parametrize("shape", [(120, 90, 3), (120, 90, 4), (120, 90)])
def test_any_picture_is_looked_at_and_a_flat_has_no_face(shape: tuple[int, ...]):
    picture = np.full(shape, 200, np.uint8)
    assert AnimeCascade(HAAR).find(picture) == []


def test_squares_become_boxes_from_mid_forehead_to_chin():
    # A drawn face of 100 px in a square of 150 that ends 28 px below its chin.
    assert drawn_box(30.0, 60.0, 150.0) == pytest.approx((55.0, 82.0, 100.0, 100.0))


@pytest.mark.parametrize("content", [None, b"<html>not found</html>", b""])
def test_a_file_that_holds_no_cascade_is_a_sentence(tmp_path: Path, content: bytes | None):
    file = tmp_path / "cascade.xml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CascadeUnavailable, match="holds no cascade"):
        AnimeCascade(file)


async def test_it_is_fetched_once_and_only_if_it_is_the_one(tmp_path: Path):
    content = b"<opencv_storage/>"
    sha256 = hashlib.sha256(content).hexdigest()
    gone = "http://127.0.0.1:1/gone"
    async with PictureHost() as host:
        limits = Limits(1000, 5.0, allowance=Allowance.parse([host.address]))
        host.files |= {"/right.xml": content, "/wrong.xml": b"<opencv_storage>another</opencv_storage>"}
        with pytest.raises(CascadeUnavailable, match="SHA-256 differs"):
            await cascade_file(tmp_path / "kept", limits, host.url("/wrong.xml"), sha256)
        assert not (tmp_path / "kept").exists()
        file = await cascade_file(tmp_path / "kept", limits, host.url("/right.xml"), sha256)
        assert file.read_bytes() == content
    assert await cascade_file(tmp_path / "kept", limits, gone, sha256) == file
    file.write_bytes(b"torn")
    with pytest.raises(CascadeUnavailable, match="ANIMEFACE_CASCADE names a copy"):
        await cascade_file(tmp_path / "kept", limits, gone, sha256)

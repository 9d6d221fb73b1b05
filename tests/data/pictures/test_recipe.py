"""The recipe that a picture brings back."""

import numpy as np
from PIL.PngImagePlugin import PngInfo

from data.pictures.lane import PictureRunner
from data.pictures.requests import Sheet
from tests.data.pictures.strangers import decoded, quarters, saved


def test_a_picture_of_ours_brings_its_recipe() -> None:
    recipe = '{"op":"draw","model":"waifu@starter","latents":[{"seed":7}],"trunc":0.7}'
    faces = np.full((1, 96, 96, 3), 120, np.uint8)
    for big in (False, True):
        (sheet,) = PictureRunner().run([Sheet(faces, recipe, big)])
        assert decoded(sheet.content).recipe == recipe


def test_text_in_a_picture_that_is_no_recipe_is_none() -> None:
    info = PngInfo()
    info.add_text("nijigen", "hello")
    assert decoded(saved(quarters(), pnginfo=info)).recipe == ""

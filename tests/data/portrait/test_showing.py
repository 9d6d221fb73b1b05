import io

import numpy as np
import pytest
from PIL import Image

from data.pictures import Pixels
from data.pictures.lane import PictureRunner
from data.portrait.requests import Card, Cards, Mark
from data.portrait.showing import COLOURS, SOMEBODY, draw_cards

SKY = (40, 120, 200)


def head(colour: tuple[int, int, int] = SKY, side: int = 64) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (side, side), colour).save(content, "WEBP", lossless=True)
    return content.getvalue()


def shown(*cards: Card) -> Pixels:
    return np.asarray(draw_cards(cards)).astype(int)


def has(pixels: Pixels, colour: tuple[int, int, int]) -> bool:
    return bool((np.abs(pixels - np.array(colour)).max(2) < 4).any())


@pytest.mark.parametrize("mark", ["accepted", "waiting", "refused"])
def test_each_card_has_the_sign_of_what_became_of_it(mark: Mark) -> None:
    sheet = shown(Card(head(), 12, mark))
    assert has(sheet, COLOURS[mark])
    assert not any(has(sheet, colour) for name, colour in COLOURS.items() if name != mark)
    assert has(sheet, SKY) == (mark != "refused")  # which is pale
    assert not has(shown(Card(head())), COLOURS[mark])


def test_a_picture_that_may_not_be_shown_is_a_blank_card_in_its_place() -> None:
    sheet = shown(Card(head(), 1), Card(None, 2, "waiting"))
    middle = sheet[sheet.shape[0] // 2]
    assert tuple(middle[sheet.shape[1] // 4]) == SKY
    assert tuple(middle[3 * sheet.shape[1] // 4]) == SOMEBODY


def test_the_picture_lane_answers_with_a_jpeg() -> None:
    answer = PictureRunner().run(
        [Cards(tuple(Card(head(side=s), n, "accepted") for n, s in enumerate((64, 512, 96))))]
    )[0]
    assert answer.media_type == "image/jpeg"
    assert Image.open(io.BytesIO(answer.content)).size == (answer.width, answer.height)


def test_no_sheet_has_no_cards() -> None:
    with pytest.raises(ValueError, match="cards"):
        Cards(())

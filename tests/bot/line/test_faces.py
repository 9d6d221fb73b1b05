"""Several faces in one line."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

import plugins
from bot.command import MOST_FACES, FaceNames, PictureName, Seed, UserError
from bot.commands import Commands
from bot.line.parser import LineParser
from bot.locale import Catalogue
from models.requests import seed_of

PARSER = LineParser(Commands.discover(plugins), Catalogue.load())
A, B, WHOLE = PictureName("k7f3", 2), PictureName("abcd", 1), PictureName("k7f3")


def _args(line: str, replied: PictureName | None = None) -> tuple[str, dict]:
    word, rest, _ = PARSER.head(line)
    command = PARSER._commands.get(word)
    assert command is not None
    found = PARSER.parse(command, rest, "zh-CN", replied)
    return found.command.name, found.args


@pytest.mark.parametrize(
    ("line", "faces"),
    [
        ("/morph #k7f3.2 #abcd.1", [A, B]),
        ("/morph #k7f3.2,#abcd.1", [A, B]),
        ("/morph ＃K7F3.2、#abcd.1", [A, B]),
        ("/morph 7 #k7f3 misaka", [7, WHOLE, seed_of("misaka")]),
        ("/morph faces:#k7f3.2,7 8", [A, 7, 8]),
        ('/morph 脸:"#k7f3.2 7" 帧数:20', [A, 7]),
        ("/morph frames 30 7 8", [7, 8]),
        ("/morph 7 frames:30 8 trunc 0.5", [7, 8]),
    ],
)
def test_pictures_and_seeds_stand_in_any_order(line: str, faces: Sequence[PictureName | int]) -> None:
    _, args = _args(line)
    assert isinstance(args["faces"], FaceNames)
    assert list(args["faces"]) == faces


def test_options_among_them_are_options() -> None:
    assert _args("/morph 7 帧数:30 8 格式:mp4")[1] == {"faces": (7, 8), "frames": 30, "format": "mp4"}
    assert _args("/morph")[1] == {}


@pytest.mark.parametrize(
    ("line", "faces"),
    [
        ("/morph", [WHOLE]),
        ("/morph 2 4", [A, PictureName("k7f3", 4)]),
        ("/morph #abcd.1", [WHOLE, B]),
        ("/morph misaka", [WHOLE, seed_of("misaka")]),
        ("/morph 2 #abcd.1", [A, B]),
    ],
)
def test_a_reply_to_a_picture_begins_with_it(line: str, faces: Sequence[PictureName | int]) -> None:
    assert list(_args(line, WHOLE)[1]["faces"]) == faces


def test_a_fade_of_two_pictures_is_a_morph_and_of_one_a_fade() -> None:
    assert _args("渐变 #k7f3.2 #abcd.1")[0] == "morph"
    assert _args("/fade #k7f3.2,#abcd.1 frames:30")[0] == "morph"
    assert _args("渐变 #k7f3.2 粉发")[0] == "fade"
    assert _args("渐变 发色 黑 白")[0] == "fade"


@pytest.mark.parametrize(
    ("line", "key"),
    [
        (f"/morph {' '.join(map(str, range(MOST_FACES + 1)))}", "line.many_faces"),
        ("/morph -5", "line.seed_negative"),
        ("/morph 99999999999", "line.seed_large"),
        ("/morph #", "line.picture"),
        ("/morph #k7f3.0", "line.picture"),
        (f"/morph {'x' * 65}", "line.text_long"),
    ],
)
def test_what_is_no_face_is_told_what_would_be(line: str, key: str) -> None:
    with pytest.raises(UserError) as caught:
        _args(line)
    assert caught.value.key == key


@given(st.text(max_size=60))
def test_whatever_is_typed_is_read_or_refused_with_a_sentence(text: str) -> None:
    command = PARSER._commands.get("morph")
    assert command is not None
    for replied in (None, WHOLE):
        try:
            found = PARSER.parse(command, text, "en", replied).args.get("faces", ())
        except UserError:
            continue
        assert all(isinstance(face, PictureName | Seed) for face in found)

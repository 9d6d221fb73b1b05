"""What of a message's sender gets into the log."""

from bot.monitoring.ids import ids_of
from tests.bot.house import heard


def test_a_line_names_the_group_and_the_message_but_not_the_member() -> None:
    ids = ids_of(heard("/waifu", member="qq:10001", message_id="55"))
    assert (ids["chat"], ids["message"]) == ("qq:7", "55")
    assert "10001" not in str(ids)


def test_a_private_chat_does_not_name_its_member_either() -> None:
    ids = ids_of(heard("/waifu", member="qq:10001", chat="qq:@10001", group=None))
    assert ids["chat"].startswith("qq:@~")
    assert "10001" not in str(ids)
    assert "message" not in ids


def test_lines_of_one_member_can_be_put_together() -> None:
    one, again, other = (ids_of(heard("x", member=m))["member"] for m in ("qq:1", "qq:1", "qq:2"))
    assert one == again != other

"""What of an answered message is counted and logged."""

from loguru import logger
from prometheus_client.parser import text_string_to_metric_families

from tests.bot.house import House


def _messages(home: House) -> dict[tuple[str, str], float]:
    families = text_string_to_metric_families(home.services.metrics.render().decode())
    samples = (sample for family in families for sample in family.samples)
    return {(s.labels["surface"], s.labels["outcome"]): s.value for s in samples if s.name == "nijigen_messages_total"}


async def test_answers_and_refusals_are_counted_as_messages_by_whether_they_were_sent(home: House) -> None:
    await home.ask("/waifu 1")
    await home.ask("/nothing")
    home.answers.refuse = True
    await home.say("/waifu 1")
    assert _messages(home) == {("qq", "sent"): 2, ("qq", "failed"): 1}


async def test_a_line_of_the_log_says_in_which_group_and_not_who(home: House) -> None:
    lines: list[str] = []
    sink = logger.add(lines.append, level="INFO", format="{message} {extra}")
    try:
        await home.ask("/waifu 1", member="qq:10001", message_id="55")
    finally:
        logger.remove(sink)
    (line,) = [line for line in lines if line.startswith("/waifu")]
    assert "'chat': 'qq:7'" in line
    assert "'message': '55'" in line
    assert "10001" not in line

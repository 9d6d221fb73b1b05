"""Which pictures are held out, and which model a run begins with."""

from pathlib import Path

from bot.characters.preparing import held_out, networks_in
from tests.bot.characters import tiny
from tests.bot.characters.house import Picture


def frozen(*ids: int) -> list[Picture]:
    return [Picture(f"{id}.png", id, f"{id * 7919 % 10007:064d}") for id in ids]


def numbers(pictures) -> set[int]:
    return {one.contribution for one in pictures}


def test_a_tenth_is_held_out_and_nothing_of_few():
    assert held_out(frozen(*range(19)), {}) == []
    assert len(held_out(frozen(*range(20)), {})) == 8
    assert len(held_out(frozen(*range(300)), {})) == 30
    assert len(held_out(frozen(*range(5000)), {})) == 64


def test_what_was_held_out_stays_so_and_what_was_learnt_is_never_taken():
    first = numbers(held_out(frozen(*range(60)), {}))
    seen = {id: id in first for id in range(60)}
    second = numbers(held_out(frozen(*range(130)), seen))
    assert first < second
    assert not {id for id in second if seen.get(id) is False}
    assert len(second) == 13


def test_of_few_new_ones_most_are_learnt_from():
    seen = dict.fromkeys(range(40), False)
    assert len(held_out(frozen(*range(50)), seen)) == 2
    assert held_out(frozen(*range(41)), seen) == []  # one picture is no measure


def test_the_choice_depends_on_nothing_but_the_pictures():
    there = frozen(*range(40))
    assert held_out(there, {}) == held_out(there[::-1], {})


def test_a_models_networks_are_read_off_its_weights_without_loading_them(tmp_path: Path):
    folder = tiny.store_base(tmp_path)
    assert networks_in(folder) == {"G_ema", "D"}
    weights = folder / "model.safetensors"
    for damaged in (b"", b"\xff" * 8, (10**6).to_bytes(8, "little") + b"{", (2).to_bytes(8, "little") + b"[]"):
        weights.write_bytes(damaged)
        assert networks_in(folder) == frozenset()
    weights.unlink()
    assert networks_in(folder) == frozenset()

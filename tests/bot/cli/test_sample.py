from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.cli.measure import measure
from bot.cli.refusal import Refusal
from bot.cli.sample import parse_best, parse_labels, parse_seeds, sample
from data.labels import values
from models.checkpoint import load_model
from models.requests import Latent
from tests.models import tiny
from tests.models.twingan import tiny as tiny_twingan

ranges = st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 50)).map(lambda r: (r[0], min(r[0] + r[1], 2**32 - 1)))


@pytest.fixture
def model(tmp_path: Path) -> str:
    return str(tiny.store(tmp_path / "model"))


@given(st.lists(ranges, min_size=1, max_size=8), st.booleans())
def test_seeds_are_numbers_and_ranges_in_the_order_given(parts: list[tuple[int, int]], spaced: bool):
    text = (", " if spaced else ",").join(f"{a}-{b}" if a != b else str(a) for a, b in parts)
    assert parse_seeds(text) == [seed for a, b in parts for seed in range(a, b + 1)]


@given(st.text("0123456789-, x٣", max_size=12))
def test_any_text_is_seeds_or_a_refusal(text: str):
    try:
        seeds = parse_seeds(text)
    except Refusal:
        return
    assert seeds
    assert all(0 <= seed < 2**32 for seed in seeds)


@pytest.mark.parametrize("text", ["", "a", "3-1", "-1", "1,,2", "4294967296", "0-4294967295", "1.5", "0x10"])
def test_what_is_no_list_of_seeds_is_refused(text: str):
    with pytest.raises(Refusal, match="--seeds"):
        parse_seeds(text)


def test_sixteen_seeds_make_a_square_that_is_the_same_every_time(model: str, tmp_path: Path):
    for name in ("first.png", "second.png"):
        sample(model, seeds="0-15", trunc=0.7, out=tmp_path / name)
    assert (tmp_path / "first.png").read_bytes() == (tmp_path / "second.png").read_bytes()
    with Image.open(tmp_path / "first.png") as sheet:
        assert sheet.size == (64, 64)


def test_a_picture_does_not_depend_on_the_company_it_is_drawn_in(model: str, tmp_path: Path):
    sample(model, seeds="5", npz=tmp_path / "one.npz")
    sample(model, seeds="0-40,5", npz=tmp_path / "many.npz")
    one, many = (np.load(tmp_path / name)["images"] for name in ("one.npz", "many.npz"))
    assert many.shape == (42, 3, 16, 16)
    assert many.dtype == np.float32
    np.testing.assert_allclose(many[5], one[0], atol=1e-6)
    np.testing.assert_allclose(many[41], one[0], atol=1e-6)


def test_latents_are_the_z_of_the_seeds(model: str, tmp_path: Path):
    z = np.concatenate([np.random.RandomState(seed).randn(1, 8) for seed in (3, 4)])
    np.savez(tmp_path / "z.npz", z=z)
    sample(model, latents=tmp_path / "z.npz", trunc=0.5, precision="float32", npz=tmp_path / "a.npz")
    sample(model, seeds="3-4", trunc=0.5, precision="float32", npz=tmp_path / "b.npz")
    np.testing.assert_array_equal(np.load(tmp_path / "a.npz")["images"], np.load(tmp_path / "b.npz")["images"])


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({}, "either --seeds or --latents"),
        ({"seeds": "1", "latents": Path("z.npz")}, "either --seeds or --latents"),
        ({"seeds": "1"}, "give --out"),
        ({"seeds": "1", "out": Path("a.jpg")}, "ends in .png"),
        ({"seeds": "1", "out": Path("a.png"), "noise_mode": "loud"}, "const, random or none"),
        ({"seeds": "1", "out": Path("a.png"), "precision": "float64"}, "auto or float32"),
        ({"latents": Path("nowhere.npz"), "out": Path("a.png")}, "cannot be read"),
    ],
)
def test_options_that_make_no_sense_are_refused(model: str, options: dict, sentence: str):
    with pytest.raises(Refusal, match=sentence):
        sample(model, **options)


@pytest.mark.parametrize(
    "z", [np.zeros((2, 9)), np.zeros(8), np.zeros((0, 8)), np.full((1, 8), np.nan), np.array([["a"] * 8])]
)
def test_latents_of_another_shape_are_refused(model: str, z: np.ndarray, tmp_path: Path):
    np.savez(tmp_path / "z.npz", z=z)
    with pytest.raises(Refusal, match="z in"):
        sample(model, latents=tmp_path / "z.npz", out=tmp_path / "a.png")


def test_latents_that_would_run_code_are_refused(model: str, tmp_path: Path):
    np.savez(tmp_path / "z.npz", z=np.array([{"not": "numbers"}], dtype=object))
    with pytest.raises(Refusal, match="cannot be read"):
        sample(model, latents=tmp_path / "z.npz", out=tmp_path / "a.png")


def test_what_has_no_styles_takes_none(model: str, tmp_path: Path):
    np.savez(tmp_path / "ws.npz", ws=np.zeros((1, 6, 8)))
    with pytest.raises(Refusal, match="this model has no styles"):
        sample(model, latents=tmp_path / "ws.npz", out=tmp_path / "a.png")
    with pytest.raises(Refusal, match="no styles that --trunc-cutoff could count"):
        sample(model, seeds="0", trunc_cutoff=2, out=tmp_path / "a.png")


def test_an_unknown_model_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("STORAGE_DIR", str(tmp_path))
    with pytest.raises(Refusal, match="there is no model 'nobody'"):
        sample("nobody", seeds="1", out=tmp_path / "a.png")


@pytest.fixture
def labelled(tmp_path: Path) -> str:
    return str(tiny.store_labelled(tmp_path / "labelled"))


def images(model: str, path: Path, **options: object) -> np.ndarray:
    sample(model, npz=path, precision="float32", **options)  # type: ignore[arg-type]
    return np.load(path)["images"]


def test_labels_are_words_and_numbers():
    assert parse_labels("hair=pink, glasses=yes,mouth_opening=0.5,age=0.25") == {
        **values("hair", "pink"),
        **values("glasses", "yes"),
        "mouth_opening": 0.5,
        "age": 0.25,
    }


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("hair=plaid", "hair is black, brown"),
        ("shoes=red", "nothing is called 'shoes'"),
        ("smile=much", "smile is a number"),
        ("smile=nan", "smile is a number"),
        ("smile=5", "smile is a number"),
        ("", "nothing is called ''"),
        ("age=old", "age is child, teen, adult, or a number"),
    ],
)
def test_labels_that_nobody_knows_are_refused(text: str, sentence: str):
    with pytest.raises(Refusal, match=sentence):
        parse_labels(text)


def test_what_is_not_asked_for_comes_from_the_bank_by_seed(labelled: str, tmp_path: Path):
    bank = load_model(Path(labelled)).modules["G_ema"].c_bank.numpy()  # type: ignore[operator]
    z = np.stack([Latent(seed).z(8) for seed in (3, 4)])
    c = np.stack([Latent(seed).c(8, tiny.NAMES, bank) for seed in (3, 4)])
    drawn = images(labelled, tmp_path / "a.npz", seeds="3-4")
    np.savez(tmp_path / "l.npz", z=z, c=c)
    np.testing.assert_array_equal(images(labelled, tmp_path / "b.npz", latents=tmp_path / "l.npz"), drawn)
    asked = images(labelled, tmp_path / "c.npz", seeds="3-4", labels="age=1.5")
    assert (asked != drawn).any()
    c[:, 0] = 1.5
    np.savez(tmp_path / "l.npz", z=z, c=c)
    np.testing.assert_array_equal(images(labelled, tmp_path / "b.npz", latents=tmp_path / "l.npz"), asked)


def test_the_best_are_chosen_by_the_discriminator(labelled: str, tmp_path: Path):
    everything = images(labelled, tmp_path / "a.npz", seeds="10-29")
    best = images(labelled, tmp_path / "b.npz", seeds="10", best="5of20")
    assert best.shape == (5, 3, 16, 16)
    places = [int(np.abs(everything - one).reshape(20, -1).max(1).argmin()) for one in best]
    assert len(set(places)) == 5
    all_ranked = images(labelled, tmp_path / "c.npz", seeds="10", best="20of20")
    np.testing.assert_array_equal(all_ranked[:5], best)


@pytest.mark.parametrize("text", ["", "64", "0of5", "6of5", "1of1000000", "aofb"])
def test_what_is_no_choice_of_so_many_is_refused(text: str):
    with pytest.raises(Refusal, match="--best"):
        parse_best(text)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"seeds": "1", "labels": "smile=1"}, "has no label 'smile': it knows age, glasses, yaw"),
        ({"seeds": "1-2", "best": "1of2"}, "from one number on"),
    ],
)
def test_what_a_labelled_model_cannot_do_is_refused(labelled: str, tmp_path: Path, options: dict, sentence: str):
    with pytest.raises(Refusal, match=sentence):
        sample(labelled, npz=tmp_path / "a.npz", **options)


def test_a_model_without_labels_cannot_be_told_what_to_draw(model: str, tmp_path: Path):
    with pytest.raises(Refusal, match="cannot be told what to draw"):
        sample(model, seeds="1", labels="age=1", npz=tmp_path / "a.npz")
    np.savez(tmp_path / "l.npz", z=np.zeros((1, 8)), c=np.zeros((1, 3)))
    with pytest.raises(Refusal, match="this model has none"):
        sample(model, latents=tmp_path / "l.npz", npz=tmp_path / "a.npz")


@pytest.mark.parametrize("c", [np.zeros((2, 4)), np.zeros((1, 3)), np.full((2, 3), np.inf)])
def test_labels_of_another_shape_are_refused(labelled: str, c: np.ndarray, tmp_path: Path):
    np.savez(tmp_path / "l.npz", z=np.zeros((2, 8)), c=c)
    with pytest.raises(Refusal, match=r"\bc\b|not finite"):
        sample(labelled, latents=tmp_path / "l.npz", npz=tmp_path / "a.npz")


def test_a_model_that_translates_draws_no_samples(tmp_path: Path):
    twin = str(tiny_twingan.store(tmp_path / "twin"))
    with pytest.raises(Refusal, match="makes pictures of pictures"):
        sample(twin, seeds="0", out=tmp_path / "x.png")
    with pytest.raises(Refusal, match="makes pictures of pictures"):
        measure(twin, against="drawn:count=8")

"""What a worker answers with a model that translates."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from data.drawn import draw
from data.drawn.parameters import Parameters
from data.labels import NAMES, values
from data.likeness import likeness
from data.vision import people
from data.vision.features import Features
from models.checkpoint import CheckpointError
from models.loaded import loaded
from models.requests import BadRequest, Best, Draw, Embed, Judge, Latent, Translate, Translated
from models.runner import Runner
from models.translating import variation
from models.twingan.generator import VARIATION
from models.twingan.reading import reading
from tests.models import tiny as tiny_dcgan
from tests.models.twingan import tiny

VERSION = "20260131T101500-1a2b3c"
MODEL = f"twin@{VERSION}"


@pytest.fixture(scope="module")
def models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    tiny.store(folder / "twin" / VERSION)
    tiny_dcgan.store(folder / "tiny" / VERSION)
    every = tiny.labelled_config(c_dim=len(NAMES))
    tiny.store(folder / "told" / VERSION, of=every, labels=[*NAMES], seen=["photo"])
    tiny.store(folder / "deaf" / VERSION, of=every, labels=[*NAMES])
    return folder


TOLD = f"told@{VERSION}"
DEAF = f"deaf@{VERSION}"


@pytest.fixture(scope="module")
def runner(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Runner:
    return Runner(models_dir, precision="float32", cache_dir=tmp_path_factory.mktemp("cache"))


def photos(count: int = 2, size: int = 40) -> tuple[np.ndarray, ...]:
    return tuple(tiny.photos(count, size))


def asked(**changes: Any) -> Translate:
    return Translate(**{"model": MODEL, "pictures": photos(), "source": "photo", "to": "anime", **changes})


def answered(runner: Runner, *requests: Translate) -> list[Translated]:
    return [request.join([answer]) for request, answer in zip(requests, runner.run(requests), strict=True)]


def portrait(labels: dict[str, float]) -> np.ndarray:
    parameters = likeness(labels)
    assert isinstance(parameters, Parameters)
    return np.ascontiguousarray(draw(parameters, 64).pixels[..., :3])


def far(one: Translated, other: Translated) -> int:
    return int(np.abs(one.pixels.astype(int) - other.pixels).max())


def test_requests_that_share_a_batch_get_what_each_gets_alone(runner: Runner):
    reference = tiny.photos(1, 50, seed=4)[0]
    requests = [
        asked(),
        asked(pictures=photos(1, 90), strength=0.5, seeds=(0, 3)),
        asked(labels=(("glasses", 1.0),), encode=True),
        asked(like=reference, seeds=(7,)),
    ]
    together = answered(runner, *requests)
    assert [answer.pixels.shape for answer in together] == [(2, 32, 32, 3)] * 4
    assert [len(answer.encodings) for answer in together] == [0, 0, 2, 0]
    for request, answer in zip(requests, together, strict=True):
        (alone,) = answered(runner, request)
        assert far(alone, answer) <= 1
        np.testing.assert_allclose(alone.embedding, answer.embedding, atol=1e-4)
        np.testing.assert_allclose(np.linalg.norm(answer.embedding, axis=1), 1, rtol=1e-5)


def test_everything_that_is_asked_for_changes_the_picture(runner: Runner):
    reference = tiny.photos(1, 50, seed=4)[0]
    ways: Sequence[dict[str, Any]] = (
        {}, {"strength": 0.0}, {"strength": 1.5}, {"labels": (("age", 1.0),)}, {"labels": (("age", -1.0),)},
        {"like": reference}, {"seeds": (1,)}, {"seeds": (2,)}, {"to": "photo"},
    )  # fmt: skip
    drawn = [answered(runner, asked(pictures=photos(1), **way))[0].pixels.tobytes() for way in ways]
    assert len(set(drawn[:-1])) == len(drawn) - 1
    assert drawn[-1] == drawn[1]  # with no strength at all it is drawn as what it is


def test_the_same_seed_varies_in_the_same_way_and_none_is_no_noise(runner: Runner):
    both, alone = answered(runner, asked(seeds=(0, 3)), asked(seeds=(3,)))
    assert np.abs(both.pixels[1::2].astype(int) - alone.pixels).max() <= 1
    assert not variation(0, 64).any()
    assert variation(3, 4096).std() == pytest.approx(VARIATION, rel=0.05)
    np.testing.assert_array_equal(variation(3, 64), variation(3, 64))


def test_what_was_kept_is_drawn_again_without_the_picture(runner: Runner):
    (first,) = answered(runner, asked(encode=True, seeds=(0, 1)))
    again, mixed = answered(
        runner, asked(pictures=(), encodings=first.encodings, seeds=(0, 1)), asked(seeds=(0, 1), strength=0.9)
    )
    assert np.abs(again.pixels.astype(int) - first.pixels).mean() < 0.5  # float16 is what is kept
    np.testing.assert_allclose(again.embedding, first.embedding, atol=2e-3)
    assert far(mixed, first) > 0


def test_the_embedding_of_a_translation_is_that_which_embed_gives(runner: Runner):
    request = Embed(MODEL, photos(), "photo")
    found, others = runner.run([request, Embed(MODEL, photos(3), "photo")])
    (translated,) = answered(runner, asked())
    np.testing.assert_allclose(request.join([found]), translated.embedding, atol=1e-4)
    assert others.shape == (3, 5)
    np.testing.assert_allclose(others[:2], found, atol=1e-4)
    assert not np.allclose(runner.run([Embed(MODEL, photos(), "anime")])[0], found, atol=1e-2)


def test_what_the_model_lacks_refuses_its_own_request_alone(runner: Runner):
    winged, garbled = asked(labels=(("wings", 1.0),)), asked(pictures=(), encodings=(b"twin1x",))
    answers = runner.run([asked(), winged, garbled, asked()])
    assert "no label 'wings'" in str(answers[1])
    assert "encoding" in str(answers[2])
    assert all(isinstance(answer, BadRequest) for answer in answers[1:3])
    np.testing.assert_array_equal(answers[0]["pixels"], answers[3]["pixels"])
    for stranger in ({"to": "cat"}, {"source": "cat"}):
        (answer,) = runner.run([asked(**stranger)])
        assert str(answer) == f"{MODEL} has no 'cat', only photo, anime"
    assert "no 'cat'" in str(runner.run([Embed(MODEL, photos(), "cat")])[0])


def test_who_translates_draws_nothing_and_who_draws_translates_nothing(runner: Runner):
    refused = [*runner.run([Draw(MODEL, (Latent(1),)), Draw(MODEL, (Latent(2),))])]
    refused += [*runner.run([Best(MODEL, (Latent(1),), 1)]), *runner.run([Judge(MODEL, photos()[0])])]
    assert {str(answer) for answer in refused} == {f"{MODEL} translates pictures; it never draws from latents"}
    other = f"tiny@{VERSION}"
    refused = [*runner.run([asked(model=other)]), *runner.run([Embed(other, photos(), "photo")])]
    assert {str(answer) for answer in refused} == {f"{other} draws from latents; it never translates pictures"}
    assert all(isinstance(answer, BadRequest) for answer in refused)


def test_a_network_without_labels_cannot_be_told(models_dir: Path, tmp_path: Path):
    tiny.store(tmp_path / "plain" / VERSION, of=tiny.config())
    (answer,) = Runner(tmp_path).run([asked(model=f"plain@{VERSION}", labels=(("age", 1.0),))])
    assert "cannot be told" in str(answer)


def test_it_is_loaded_measured_and_counted_like_any_model(models_dir: Path):
    runner = Runner(models_dir)
    runner.warm_up("twin")
    assert list(runner.loaded()) == [MODEL]
    assert runner.loaded()[MODEL] == runner.best_batch(asked()) >= 4
    assert runner.best_batch(Embed(MODEL, photos(), "photo")) >= 1
    assert runner.model(MODEL).nbytes > 10_000


def test_a_folder_without_its_encoder_is_no_model(tmp_path: Path):
    folder = tiny.store(tmp_path / "twin" / VERSION)
    tensors = load_file(folder / "model.safetensors")
    save_file({k: v for k, v in tensors.items() if not k.startswith("E_ema.")}, folder / "model.safetensors")
    with pytest.raises(CheckpointError, match="holds no E_ema"):
        Runner(tmp_path).run([asked()])


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"labels": ["age"]}, "1 labels have names, the network has 3"),
        ({"network": {**tiny.labelled_config().to_json(), "channel_max": 10**9}}, "channel_max"),
        ({"network": {**tiny.labelled_config().to_json(), "domains": ["photo"] * 10**4}}, "domains"),
        ({"network": {**tiny.labelled_config().to_json(), "channel_base": 2**20, "channel_max": 4096}}, "shape"),
        ({"network": {**tiny.labelled_config().to_json(), "domains": ["photo", "cat"]}}, "tensors of D_anime"),
    ],
)
def test_a_config_that_is_not_its_networks_is_refused(tmp_path: Path, changes: dict[str, Any], sentence: str):
    tiny.store(tmp_path / "twin" / VERSION, **changes)
    with pytest.raises(CheckpointError, match=sentence):
        Runner(tmp_path).run([asked()])


def test_weights_that_are_no_numbers_are_refused(tmp_path: Path):
    folder = tiny.store(tmp_path / "twin" / VERSION)
    tensors = load_file(folder / "model.safetensors")
    tensors["E_ema.b4.conv0.conv.weight"][0, 0, 0, 0] = torch.nan
    save_file(tensors, folder / "model.safetensors")
    with pytest.raises(CheckpointError, match="not finite"):
        Runner(tmp_path).run([asked()])


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, float]]:
    """What is seen in the pictures of the test from now on, one after the other."""
    told: list[dict[str, float]] = []

    def look(picture: np.ndarray) -> people.Look:
        return people.Look(told.pop(0), {}, {}, np.zeros(picture.shape[:2], np.uint8))

    monkeypatch.setattr(people, "look", look)
    return told


def test_of_what_is_seen_in_photos_a_network_is_told_that_has_learnt_to_be(
    runner: Runner, seen: list[dict[str, float]]
):
    glasses: dict[str, float] = {"glasses": 1.0}
    seen += [{}, glasses, {"mouth_opening": 0.75}]
    plain, wearing, laughing = (answered(runner, asked(model=TOLD, pictures=photos(1)))[0] for _ in range(3))
    assert far(plain, wearing) > 0
    assert far(wearing, laughing) > 0
    said = {"model": TOLD, "pictures": photos(1), "labels": (("glasses", 1.0),)}
    seen += [{}, {"glasses": 0.0}]
    assert far(answered(runner, asked(**said))[0], wearing) == 0
    assert far(answered(runner, asked(**said))[0], wearing) == 0  # what is asked goes before what is seen
    assert not seen
    for nobody_looks in (asked(model=DEAF), asked(model=TOLD, source="anime", to="photo")):
        answered(runner, nobody_looks)
    seen += [glasses, {}]
    both = answered(runner, asked(model=TOLD, pictures=photos(1) * 2))[0]
    assert far(Translated(both.pixels[:1], both.embedding[:1], ()), wearing) <= 1
    assert far(Translated(both.pixels[1:], both.embedding[1:], ()), plain) <= 1


def test_who_takes_a_look_keeps_what_is_seen_of_the_moment_only(runner: Runner, seen: list[dict[str, float]]):
    like = tiny.photos(1, 50, seed=4)[0]
    drawn = []
    for labels in ({}, {"hair_l": 1.0, "glasses": 1.0}, {"yaw": 0.5}):
        seen += [labels]
        drawn += answered(runner, asked(model=TOLD, pictures=photos(1), like=like))
    assert far(drawn[0], drawn[1]) == 0
    assert far(drawn[0], drawn[2]) > 0


def test_a_look_can_be_taken_by_what_of_it_can_be_asked_for(tmp_path: Path, seen: list[dict[str, float]]):
    names = [name if name in ("hair_l", "hair_a", "hair_b", "yaw") else "" for name in NAMES]
    made = {"of": tiny.labelled_config(c_dim=len(NAMES)), "labels": names, "seen": ["photo"]}
    tiny.store(tmp_path / "plain" / VERSION, **made, like=False)
    tiny.store(tmp_path / "twin" / VERSION, **made, like="labels")
    runner = Runner(tmp_path)
    light, dark = (portrait(values("hair", word)) for word in ("blond", "black"))
    drawn = []
    for like in (light, dark):
        seen += [{"hair_l": 0.0, "mouth_opening": 0.7}]
        drawn += answered(runner, asked(model=f"twin@{VERSION}", pictures=photos(1), like=like))
    assert far(*drawn) > 0
    read, _ = reading(Features(), [light])
    hair = tuple((name, float(read[0, NAMES.index(name)])) for name in ("hair_l", "hair_a", "hair_b"))
    seen += [{"mouth_opening": 0.7}]  # where she looks is of the moment, and what she wears not asked for
    said = answered(runner, asked(model=f"plain@{VERSION}", pictures=photos(1), labels=hair))[0]
    assert far(drawn[0], said) == 0
    seen += [{}]
    asked_too = asked(model=f"twin@{VERSION}", pictures=photos(1), like=light, labels=(("hair_l", -1.4),))
    assert far(answered(runner, asked_too)[0], drawn[0]) > 0


@pytest.mark.parametrize("like", ["style", 3, None, "labels"])
def test_a_look_that_is_taken_by_nothing_is_refused(tmp_path: Path, like: Any):
    folder = tiny.store(tmp_path / "odd" / VERSION, like=like)
    with pytest.raises(CheckpointError, match="a look is taken by"):
        loaded(folder, "odd", torch.device("cpu"), "float32", None)


def test_what_was_kept_is_drawn_again_with_what_was_seen(runner: Runner, seen: list[dict[str, float]]):
    seen += [{"glasses": 1.0}, {}]
    first = answered(runner, asked(model=TOLD, encode=True))[0]
    kept = asked(model=TOLD, pictures=(), encodings=first.encodings)
    assert far(answered(runner, kept)[0], first) <= 2
    refused = runner.run([asked(model=DEAF, pictures=(), encodings=first.encodings)])[0]
    assert isinstance(refused, BadRequest)


def test_nothing_is_told_where_nobody_can_look(
    runner: Runner, seen: list[dict[str, float]], monkeypatch: pytest.MonkeyPatch
):
    seen += [{}]
    plain = answered(runner, asked(model=TOLD, pictures=photos(1)))[0]

    def blind(picture: np.ndarray) -> people.Look:
        raise people.PeopleUnavailable("what was fitted is gone")

    monkeypatch.setattr(people, "look", blind)
    assert far(answered(runner, asked(model=TOLD, pictures=photos(1)))[0], plain) == 0


@pytest.mark.parametrize(("labels", "told"), [(("age", "glasses", "yaw"), ["photo"]), ((*NAMES,), "photo")])
def test_a_model_that_cannot_be_told_is_refused(tmp_path: Path, labels: tuple[str, ...], told: Any):
    folder = tiny.store(
        tmp_path / "odd" / VERSION, of=tiny.labelled_config(c_dim=len(labels)), labels=[*labels], seen=told
    )
    with pytest.raises(CheckpointError, match="cannot be told"):
        loaded(folder, "odd", torch.device("cpu"), "float32", None)

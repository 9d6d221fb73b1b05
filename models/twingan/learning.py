"""What a TwinGAN learns from one batch, once all chance is decided: the same work for every step of a kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.nn.functional import softplus

from models.training import diffaugment
from models.training.adversarial import d_loss, dragan_penalty, g_loss, r1_penalty
from models.training.average import follow
from models.training.optimizing import adam, set_rate, step
from models.training.projected import Projected
from models.twingan import losses, scenes
from models.twingan.discriminator import Discriminator
from models.twingan.encoded import Encoded
from models.twingan.encoder import Encoder
from models.twingan.generator import Generator
from models.twingan.growth import Grown, shown
from models.twingan.losses import Seeing, mean_of
from models.twingan.options import TwinOptions

Inputs = Mapping[str, torch.Tensor]
"""Of a step, by picture: `s.` and `t.` of the source and of the target domain, each `pixels` uint8 (N, H, W, 4) and
what `scenes.chosen` chose, of people also what `scenes.swapped` did; `t.c` and `t.said` (N, c_dim), labels of the
target's pictures and which are known; `c` and `said`, those that translations should have; `asked` (N, c_dim), which of
them G is told; `like` (N, 1), whether the look is taken from another target picture; `z` (N, style_dim), added to the
style; `plain` (N,), whether nothing is asked for at all; `goal` uint8 (N, H, W, 4), a drawing of who is in the source
as they are asked for, where they are `aimed` (N,); `kin` (N,), whether the target's picture is of who is in the source;
what the augmentation is to do under `real.`, `fake.`, `rec.`, `G.fake.` and `G.rec.`. Of the whole: `beta` () of the
averages, `alpha` () of what is faded in, `weight` () of `goal`."""

WHOLE = ("beta", "alpha", "weight")


@dataclass(frozen=True, slots=True)
class Piece:
    """A kind of work: the way from a domain to another, or where `penalty` the penalty of the target's D."""

    source: str
    target: str
    side: int  # px to which the network has grown
    fades: bool = False
    people: tuple[bool, bool] = (False, False)  # whether source and target are photos, with backgrounds to swap
    goal: bool = False  # whether there are drawings of who is in the source
    readable: bool = False  # whether the features network knows what the target's pictures show
    mirrored: bool = False  # whether every second picture of the source is its neighbour's mirror image
    penalty: bool = False
    lends: bool = False  # and of them with somebody else's look, whose picture stands among the target's
    both: bool = True  # whether E has a look at the target's pictures
    alone: bool = False  # whether goals teach alone, and neither D nor the features network has a say


class Learner:
    """E, G, their averages, the Ds, and what they learn with.

    `weights` (c_dim,) are those of labels in losses. `heads` stand beside the Ds of some domains. Of E and G only what
    is of the domains in `fresh` learns, all where there are none.
    """

    def __init__(
        self,
        E: Encoder,
        G: Generator,
        Ds: Mapping[str, Discriminator],
        E_ema: Encoder,
        G_ema: Generator,
        options: TwinOptions,
        dtype: torch.dtype,
        weights: torch.Tensor,
        seeing: Seeing | None,
        heads: Mapping[str, Projected],
        fresh: Sequence[str] = (),
    ) -> None:
        self.E, self.G, self.Ds, self.E_ema, self.G_ema = E, G, Ds, E_ema, G_ema
        self.options, self.dtype, self.seeing = options, dtype, seeing
        self.micro_batch = options.micro_batch or options.batch
        self.device = weights.device
        self._weights, self.heads = weights, heads
        changes = lambda name: not fresh or any(f".in_{domain}." in name for domain in fresh)
        named = [*E.named_parameters(), *G.named_parameters()]
        for name, parameter in named:
            parameter.requires_grad_(changes(name))
        mine = [parameter for _, parameter in named if parameter.requires_grad]
        self._still = [buffer for net in (E, G) for name, buffer in net.named_buffers() if not changes(name)]
        ratio = options.penalty_every / (options.penalty_every + 1) if options.gamma else 1.0
        self._ratios = {"G": 1.0, **{f"D_{domain}": ratio for domain in Ds}}
        self.optimizers: Mapping[str, torch.optim.Optimizer] = {
            "G": adam(mine, options.lr, self.device, beta1=options.beta1),
            **{f"D_{domain}": adam(self._judges(domain), options.lr, self.device, ratio) for domain in Ds},
        }

    def _judges(self, domain: str) -> list[nn.Parameter]:
        beside = self.heads.get(domain)
        return [*self.Ds[domain].parameters(), *([] if beside is None else beside.parameters())]

    def set_rate(self, rate: float) -> None:
        for name, optimizer in self.optimizers.items():
            set_rate(optimizer, rate * self._ratios[name])

    def learn(self, piece: Piece, x: Inputs) -> dict[str, torch.Tensor]:
        """One piece of a step. Its losses, scalars, detached."""
        return self._penalty(piece, x) if piece.penalty else self._way(piece, x)

    def _way(self, piece: Piece, x: Inputs) -> dict[str, torch.Tensor]:
        """A step of the target's D, then one of E and G on the same pictures, then the averages.

        `loss_D`, `loss_G`, `gap` (D of real pictures less D of translations, in probabilities) where D has a say, and
        every other loss by the name of its weight, before it.
        """
        parts, judged = self._parts(x), self._is_judged(piece)
        found: list[dict[str, torch.Tensor]] = []
        made: list[_Made] = []
        still = [buffer.clone() for buffer in self._still]
        D = f"D_{piece.target}"
        self._begin(D)
        for part, share in parts:
            if judged or len(parts) == 1:
                with torch.set_grad_enabled(len(parts) == 1):  # its graph serves G's step, where there is room for that
                    made.append(self._translated(piece, part))
            found.append(self._discriminate(piece, part, made[-1], share) if judged else {})
        if judged:
            step(self.optimizers[D])

        self._begin("G")
        for at, ((part, share), done) in enumerate(zip(parts, found, strict=True)):
            done |= self._generate(piece, part, made[at] if len(parts) == 1 else self._translated(piece, part), share)
        step(self.optimizers["G"])
        with torch.no_grad():
            for buffer, value in zip(self._still, still, strict=True):
                buffer.copy_(value)
        follow(self.E_ema, self.E, x["beta"])  # type: ignore[arg-type]
        follow(self.G_ema, self.G, x["beta"])  # type: ignore[arg-type]
        return {name: torch.stack([one[name] for one in found]).mean() for name in found[0]}

    def _translated(self, piece: Piece, x: Inputs) -> _Made:
        """What there is of a batch, translations and reconstructions of the target's pictures among it."""
        grown = self._grown(piece, x)
        see = lambda pictures: shown(pictures, grown, self.E.config.stages)
        full, corners = self._pictures("s", piece.people[0], x)
        target, _ = self._pictures("t", piece.people[1], x, scenes.lent(corners))
        source, target = see(full), see(target)
        goal = see(scenes.drawn(x["goal"], x["s.theta"], corners)) if piece.goal else None
        again = bool(self.options.rec or self.options.rec_gan)
        one = self.E(self._in(source), piece.source, grown)
        if not piece.both:
            fake = self.G(one, piece.target, x["c"], x["asked"], x["z"], grown)
            return _Made(grown, source, target, goal, one, None, x["z"], fake, None, self._looked_at(piece, fake))
        learnt = again or piece.lends  # whether anything is learnt from what E sees in the target's pictures
        with torch.set_grad_enabled(learnt and torch.is_grad_enabled()):
            other = self.E(self._in(target), piece.target, grown)
        lent = scenes.lent(self.E.style(other))
        style = (lent if piece.lends else lent.detach()) * x["like"] + x["z"]
        if not again:
            fake = self.G(one, piece.target, x["c"], x["asked"], style, grown)
            return _Made(grown, source, target, goal, one, other, style, fake, None, self._looked_at(piece, fake))
        nothing = torch.zeros_like
        drawn = self.G(
            Encoded.joined([one, other]),
            piece.target,
            torch.cat([x["c"], nothing(x["c"])]),
            torch.cat([x["asked"], nothing(x["asked"])]),
            torch.cat([style, nothing(style)]),
            grown,
        )
        fake, rec = drawn.chunk(2)
        return _Made(grown, source, target, goal, one, other, style, fake, rec, self._looked_at(piece, fake))

    def _looked_at(self, piece: Piece, pictures: torch.Tensor) -> list[torch.Tensor] | None:
        """The activations of the features network, where there is something to see and somebody who wants to know."""
        options, see = self.options, None if piece.alone else self.seeing
        wanted = (options.seen and piece.readable) or (options.alike and piece.goal) or piece.target in self.heads
        return see.maps(pictures) if see is not None and wanted and piece.side >= SEEN_FROM else None

    def _judged_beside(self, piece: Piece, maps: list[torch.Tensor]) -> list[torch.Tensor]:
        # No cache of weights in `dtype`: a recorded step must make them anew.
        with torch.autocast(self.device.type, self.dtype, self.dtype != torch.float32, cache_enabled=False):
            return self.heads[piece.target].judged(maps)

    def _discriminate(self, piece: Piece, x: Inputs, made: _Made, share: float) -> dict[str, torch.Tensor]:
        options, D = self.options, self.Ds[piece.target]
        known = x["said"] * x["t.said"]  # D must not tell by what is known
        h = D.features(self._in(self._augmented(made.target, "real", x)), made.grown)
        real = D.logits(h, x["t.c"], known)
        fake = D.logits(self._judged(D, made.fake.detach(), "fake", x, made), x["c"], known)
        loss = adversarial = d_loss(real, fake)
        if made.rec is not None and self._judges_rec(made):
            rec = D.logits(self._judged(D, made.rec.detach(), "rec", x, made), x["t.c"], known)
            part = options.rec_gan / max(options.gan, 1e-6)
            loss = loss - (softplus(fake).mean() - softplus(rec).mean()) * (part / (1 + part))
        if options.mismatch:
            others = D.logits(h, scenes.lent(x["t.c"]), known * scenes.lent(known))
            alike = (x["t.c"] - scenes.lent(x["t.c"])).abs().mul(known).sum(1) < 1e-3
            loss = loss + options.mismatch * mean_of(softplus(others), (~alike).float())
        if options.read and D.config.read:
            loss = loss + options.read * losses.labels(D.read(h), x["t.c"], x["t.said"], self._weights).mean()
        if made.seen is not None and piece.target in self.heads:
            with torch.no_grad():
                shown_ = self._looked_at(piece, made.target)
            assert shown_ is not None
            pairs = zip(
                self._judged_beside(piece, shown_),
                self._judged_beside(piece, [maps.detach() for maps in made.seen]),
                strict=True,
            )
            loss = loss + options.projected * torch.stack([d_loss(*pair) for pair in pairs]).mean()
        (loss * share).backward()
        gap = real.detach().sigmoid().mean() - fake.detach().sigmoid().mean()
        return {"loss_D": adversarial.detach(), "gap": gap}

    def _generate(self, piece: Piece, x: Inputs, made: _Made, share: float) -> dict[str, torch.Tensor]:
        options, D, plain = self.options, self.Ds[piece.target], x["plain"]
        D.requires_grad_(False)  # saves the gradients of D's weights, a third of the backward pass
        terms = self._judgement(piece, x, made) if self._is_judged(piece) else {}
        if made.rec is not None and options.rec:
            terms["rec"] = losses.l1(made.rec, made.target).mean()
        terms |= self._cycles(piece, x, made)
        if made.goal is not None and (options.goal or options.goal_end):
            off = losses.in_two_sizes(made.fake, made.goal, options.face)
            terms["goal"] = mean_of(off, x["aimed"]) * x["weight"]
        if options.kin and piece.lends and made.other is not None:
            people, drawn = (self.E.embed.projected(encoded) for encoded in (made.one, made.other))
            terms["kin"] = mean_of(losses.tell_apart(people, drawn, x["kin"]), x["kin"])
        terms |= self._seen(piece, x, made)
        if piece.mirrored and options.mirrored:
            both = losses.l1(made.fake[0::2], made.fake[1::2].flip(3))
            terms["mirrored"] = mean_of(both, plain[0::2] * plain[1::2])
        weights = {name: getattr(options, name) for name in terms if name != "goal"} | {"goal": 1.0}
        counting = {name: term for name, term in terms.items() if weights[name]}
        if counting:
            loss = torch.stack([term * weights[name] for name, term in counting.items()]).sum()
            (loss * share).backward()
        D.requires_grad_(True)
        said = {"loss_G": terms["gan"].detach()} if self._is_judged(piece) else {}
        return said | {name: term.detach() for name, term in counting.items() if name != "gan"}

    def _judgement(self, piece: Piece, x: Inputs, made: _Made) -> dict[str, torch.Tensor]:
        """What D says of the translation, and of the reconstruction."""
        options, D = self.options, self.Ds[piece.target]
        known = x["said"] * x["t.said"]
        h = self._judged(D, made.fake, "G.fake", x, made)
        terms = {"gan": g_loss(D.logits(h, x["c"], known))}
        if made.rec is not None and self._judges_rec(made):
            terms["rec_gan"] = g_loss(D.logits(self._judged(D, made.rec, "G.rec", x, made), x["t.c"], known))
        if options.read and D.config.read:
            terms["read"] = losses.labels(D.read(h), x["c"], known, self._weights).mean()
        return terms

    def _cycles(self, piece: Piece, x: Inputs, made: _Made) -> dict[str, torch.Tensor]:
        """What needs E's view of the translation."""
        options, plain = self.options, x["plain"]
        if not (options.cycle or options.pixel_cycle or options.style or options.twin):
            return {}
        again = self.E(self._in(made.fake), piece.target, made.grown)
        terms = {"cycle": mean_of(losses.l1(again.latent, made.one.latent), plain)}
        if options.pixel_cycle:
            back = self.G(again, piece.source, stage=made.grown)
            terms["pixel_cycle"] = mean_of(losses.l1(back, made.source), plain)
        if options.twin:
            ours, theirs = (self.E.embed.projected(encoded) for encoded in (made.one, again))
            # A photo and its mirror image are one person.
            there = plain * (torch.arange(len(plain), device=plain.device) % 2 == 0) if piece.mirrored else plain
            terms["twin"] = mean_of(losses.tell_apart(ours, theirs, there), there)
        if options.style:
            styled = (made.style.detach().square().sum(1) > 0).float()
            terms["style"] = mean_of(losses.cosine(self.E.style(again), made.style.detach()), styled)
        return terms

    def _seen(self, piece: Piece, x: Inputs, made: _Made) -> dict[str, torch.Tensor]:
        """What the features network says of the translation."""
        options, seeing, maps = self.options, self.seeing, made.seen
        if seeing is None or maps is None:
            return {}
        terms = {}
        if piece.target in self.heads:
            terms["projected"] = torch.stack([g_loss(logits) for logits in self._judged_beside(piece, maps)]).mean()
        if options.seen and piece.readable:
            terms["seen"] = seeing.unlike(maps, x["c"], x["said"], self._weights).mean()
        if options.alike and made.goal is not None:
            with torch.no_grad():
                wanted = seeing.maps(made.goal)
            terms["alike"] = mean_of(seeing.distance(maps, wanted), x["aimed"])
        return terms

    def _penalty(self, piece: Piece, x: Inputs) -> dict[str, torch.Tensor]:
        """A step of the penalty alone, in float32: the gradients of gradients are too small for bfloat16."""
        options, D = self.options, self.Ds[piece.target]
        self._begin(f"D_{piece.target}")
        found = []
        for part, share in self._parts(x):
            grown = self._grown(piece, part)
            pictures, _ = self._pictures("t", piece.people[1], part)
            seen = self._augmented(shown(pictures, grown, self.E.config.stages), "real", part)
            judge = lambda x, part=part, grown=grown: D(x, grown, part["t.c"], part["t.said"])
            if options.penalty == "r1":
                penalty, weight = r1_penalty(judge, seen), options.gamma / 2
            else:
                noise = part["noise"] if "noise" in part else 2 * torch.rand_like(seen) - 1
                penalty, weight = dragan_penalty(judge, seen, shown(noise, grown, self.E.config.stages)), options.gamma
            (penalty * (weight * options.penalty_every * share)).backward()
            found.append(penalty.detach())
        step(self.optimizers[f"D_{piece.target}"])
        return {"penalty": torch.stack(found).mean()}

    def _pictures(
        self, use: str, people: bool, x: Inputs, corners: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """(N, 3, H, W) of full size, and the colours behind them (N, 3, 2, 2), `corners` behind drawings on nothing."""
        given = _under(f"{use}.", x)
        pixels = given.pop("pixels")
        if people or corners is None:
            return scenes.photographed(pixels, given, swap=people)
        return scenes.drawn(pixels, given["theta"], corners), corners

    def _grown(self, piece: Piece, x: Inputs) -> Grown:
        return Grown(piece.side, x["alpha"] if piece.fades else 1.0)

    def _is_judged(self, piece: Piece) -> bool:
        return self.options.judged and not piece.alone

    def _judges_rec(self, made: _Made) -> bool:
        return self.options.rec_gan > 0 and made.grown.side >= self.options.rec_gan_from

    def _judged(self, D: Discriminator, pictures: torch.Tensor, use: str, x: Inputs, made: _Made) -> torch.Tensor:
        return D.features(self._in(self._augmented(pictures, use, x)), made.grown)

    def _augmented(self, pictures: torch.Tensor, use: str, x: Inputs) -> torch.Tensor:
        return diffaugment.augment(pictures, _under(f"{use}.", x))

    def _in(self, pictures: torch.Tensor) -> torch.Tensor:
        """As networks take them."""
        return pictures.to(self.dtype, memory_format=torch.channels_last)

    def _parts(self, x: Inputs) -> list[tuple[Inputs, float]]:
        """The batch in micro-batches, each with its share of the whole."""
        n = len(x["t.pixels"])
        cut = lambda begin: {
            name: value if name in WHOLE else value[begin : begin + self.micro_batch] for name, value in x.items()
        }
        return [(cut(begin), min(self.micro_batch, n - begin) / n) for begin in range(0, n, self.micro_batch)]

    def _begin(self, name: str) -> None:
        self.optimizers[name].zero_grad(set_to_none=True)


SEEN_FROM = 32  # px from which the features network has something to see


@dataclass(frozen=True, slots=True)
class _Made:
    """A batch on its way: pictures of the size that the network has grown to, as E sees them, and drawings."""

    grown: Grown
    source: torch.Tensor
    target: torch.Tensor
    goal: torch.Tensor | None
    one: Encoded  # what E sees in the source's pictures
    other: Encoded | None  # and in the target's, where it looks at them
    style: torch.Tensor
    fake: torch.Tensor
    rec: torch.Tensor | None  # the target's pictures, reconstructed; None where nothing is learnt of that
    seen: list[torch.Tensor] | None  # what the features network makes of `fake`


def _under(prefix: str, x: Inputs) -> dict[str, Any]:
    return {name.removeprefix(prefix): value for name, value in x.items() if name.startswith(prefix)}

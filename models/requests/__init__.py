"""What can be asked of a model: frozen dataclasses, numpy only, no torch.

A pool reads `lane`, `batch_key` and `cost`, cuts with `split` and puts together with `join`; it knows nothing else.
"""

from models.errors import BadRequest
from models.latent.latent import LABEL_RANGE, MAX_LABELS, MAX_SEED, MAX_STEPS, Latent, Step, seed_of
from models.requests.choosing import Best, Ranked
from models.requests.drawing import Draw
from models.requests.judging import Judge, Verdict
from models.requests.translating import Embed, Translate, Translated

__all__ = [
    "LABEL_RANGE",
    "MAX_LABELS",
    "MAX_SEED",
    "MAX_STEPS",
    "BadRequest",
    "Best",
    "Draw",
    "Embed",
    "Judge",
    "Latent",
    "Ranked",
    "Step",
    "Translate",
    "Translated",
    "Verdict",
    "seed_of",
]

"""How a command of the command line says no."""

from collections.abc import Iterator
from contextlib import contextmanager


class Refusal(Exception):
    """Refused: shown as one sentence on stderr, exit status 1."""


@contextmanager
def refusing(*errors: type[Exception]) -> Iterator[None]:
    """Errors that are a sentence for who gave the command, `errors` besides those of training, become refusals."""
    from data.dataset import DatasetError
    from models.checkpoint import CheckpointError
    from models.training.state import StateError
    from models.training.task import Diverged

    try:
        yield
    except (StateError, Diverged, CheckpointError, DatasetError, *errors) as error:
        raise Refusal(str(error)) from error

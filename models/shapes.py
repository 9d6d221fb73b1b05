"""Networks as shapes alone: nothing is allocated, and nothing drawn by chance that the weights of a file replace."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

# Of what fills tensors in place this torch works out in Python on the meta device, for which it first loads its
# compiler: seconds for nothing.
_IN_PLACE = (torch.nn.init.normal_, torch.Tensor.normal_, torch.Tensor.div_)


@contextmanager
def only_shapes() -> Iterator[None]:
    """Modules that are built within are on the meta device."""
    with torch.device("meta"), _Unfilled():
        yield


class _Unfilled(TorchFunctionMode):
    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        named = kwargs or {}
        if func is torch.randn:
            return torch.empty(*args, **named)
        if func in _IN_PLACE:
            return args[0] if args else named["tensor"]
        return func(*args, **named)

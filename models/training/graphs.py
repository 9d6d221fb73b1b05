"""A step's work as CUDA graphs: recorded once, then started with a single call.

A small network's step is some five hundred kernels of a few microseconds each, and Python takes longer to start them
than a GPU to run them. Elsewhere the work is simply done.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any

import torch

WARM_UP = 3  # times that each kind of step is done as it stands first: libraries choose their kernels, moments are made

Tensors = Mapping[str, torch.Tensor]
Work = Callable[[Any, Tensors], Tensors]  # of the kind of step, which can be a key, and its inputs


class Graphed:
    """`work(kind, inputs)`, which must depend on nothing else and do the same with every input of one kind and shape.

    What it changes (weights, moments, rates that are tensors) keeps its place in memory. Inputs are on the CPU, what
    comes back is on the device and belongs to the caller.
    """

    def __init__(self, work: Work, device: torch.device, enabled: bool = True) -> None:
        self._work = work
        self._device = device
        self._enabled = enabled and device.type == "cuda"
        self._stream = torch.cuda.Stream(device) if self._enabled else None
        # One for all kinds: they run one after another, and nothing but what is copied out outlasts a run.
        self._pool = torch.cuda.graph_pool_handle() if self._enabled else None
        self._seen: dict[Hashable, int] = {}
        self._recorded: dict[Hashable, _Recording] = {}

    def __call__(self, kind: Hashable, inputs: Tensors) -> Tensors:
        if not self._enabled:
            return self._work(kind, {name: sent(value, self._device) for name, value in inputs.items()})
        key = (kind, tuple((name, *value.shape) for name, value in inputs.items()))
        self._seen[key] = self._seen.get(key, 0) + 1
        if self._seen[key] <= WARM_UP:
            return self._plain(kind, inputs)
        if key not in self._recorded:
            self._recorded[key] = _Recording(self._work, kind, inputs, self._device, self._stream, self._pool)
        return self._recorded[key](inputs)

    def _plain(self, kind: Hashable, inputs: Tensors) -> Tensors:
        """As it stands, on the stream on which it will be recorded: gradients remember theirs."""
        assert self._stream is not None
        current = torch.cuda.current_stream(self._device)
        self._stream.wait_stream(current)
        with torch.cuda.stream(self._stream):
            outputs = self._work(kind, {name: sent(value, self._device) for name, value in inputs.items()})
        current.wait_stream(self._stream)
        return outputs


class _Recording:
    """One kind of step, recorded. Recording does not run it."""

    def __init__(
        self,
        work: Work,
        kind: Hashable,
        inputs: Tensors,
        device: torch.device,
        stream: torch.cuda.Stream | None,
        pool: Any,
    ) -> None:
        self._inputs = {name: sent(value, device) for name, value in inputs.items()}
        self._graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self._graph, pool=pool, stream=stream):
            self._outputs = work(kind, self._inputs)

    def __call__(self, inputs: Tensors) -> Tensors:
        for name, place in self._inputs.items():
            place.copy_(_pinned(inputs[name]), non_blocking=True)
        self._graph.replay()
        return {name: value.clone() for name, value in self._outputs.items()}


def sent(value: torch.Tensor, device: torch.device) -> torch.Tensor:
    """A tensor on the CPU -> the same on `device`; a GPU is not waited for."""
    if device.type != "cuda":
        return value.to(device)
    return _pinned(value).to(device, non_blocking=True)


def _pinned(value: torch.Tensor) -> torch.Tensor:
    """Out of pageable memory the copy would be made in the driver's own small pieces, waiting in between."""
    return value.pin_memory() if value.nbytes > 65_536 else value

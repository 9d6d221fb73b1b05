"""All that a checkpoint may name, and what each name stands for here. Nothing on this list is ever imported or called.

Found in files of NVIDIA's StyleGAN2-ADA and StyleGAN3, of the TensorFlow era before them, and of rosinality's
stylegan2-pytorch: modules go by `torch_utils.persistence`, tensors by `torch._utils`, numbers by numpy, settings by
`argparse` and `dnnlib`.
"""

from __future__ import annotations

from typing import Any

from models.foreign.arrays import TYPES, Array, DType, Storage, Tensor
from models.foreign.errors import Forbidden, Unreadable
from models.foreign.machine import Call, Machine, Name, Record, key_of

PERSISTENT = Name("torch_utils.persistence", "_reconstruct_persistent_obj")
TENSORFLOW = Name("dnnlib.tflib.network", "Network")
NAMESPACE = Name("argparse", "Namespace")

# torch's classes of storages -> the type of their numbers.
STORAGES = {
    Name("torch", f"{kind}Storage"): dtype
    for kind, dtype in {
        "Double": "float64", "Float": "float32", "Half": "float16", "BFloat16": "bfloat16", "Long": "int64",
        "Int": "int32", "Short": "int16", "Char": "int8", "Byte": "uint8", "Bool": "bool",
    }.items()
}  # fmt: skip
DTYPES = {Name("torch", dtype): dtype for dtype in TYPES}
OBJECT = frozenset(Name(module, "object") for module in ("builtins", "__builtin__"))
NDARRAY = Name("numpy", "ndarray")

# What is only ever an argument.
UNTYPED = frozenset(Name(module, "UntypedStorage") for module in ("torch", "torch.storage"))
NAMES = frozenset({*STORAGES, *UNTYPED, *DTYPES, *OBJECT, NDARRAY})


def _tensor(machine: Machine, arguments: tuple[Any, ...]) -> Tensor:
    storage, offset, shape, strides = _some(arguments, 4)
    if not isinstance(storage, Storage) or not isinstance(shape, tuple) or not isinstance(strides, tuple):
        raise Unreadable("holds a tensor that is put together wrongly")
    return Tensor(storage, offset, shape, strides)


def _tensor_of_type(machine: Machine, arguments: tuple[Any, ...]) -> Tensor:
    """With a storage of bytes, and the type of its numbers beside it."""
    storage, dtype = arguments[0] if arguments else None, _some(arguments, 7)[6]
    if not isinstance(storage, Storage) or dtype not in DTYPES:
        raise Unreadable("holds a tensor of something else than numbers")
    return _tensor(machine, (Storage(DTYPES[dtype], storage.content), *arguments[1:]))


def _parameter(machine: Machine, arguments: tuple[Any, ...]) -> Tensor:
    if not arguments or not isinstance(arguments[0], Tensor):
        raise Unreadable("holds a parameter that is no tensor")
    return arguments[0]


def _storage(machine: Machine, arguments: tuple[Any, ...]) -> Any:
    """A file of torch's within the file, and none within that."""
    (content,) = _some(arguments, 1)
    if machine.inner is None or not isinstance(content, memoryview):
        raise Forbidden("holds files within files within files")
    return machine.inner(content)


def _dict(machine: Machine, arguments: tuple[Any, ...]) -> dict[Any, Any]:
    """Of pairs, where there are any. A dict of ours keeps its order, as theirs do."""
    pairs = arguments[0] if arguments else ()
    _copied(machine, pairs)
    if isinstance(pairs, dict):
        return dict(pairs)
    if not isinstance(pairs, list | tuple) or not all(isinstance(p, list | tuple) and len(p) == 2 for p in pairs):
        raise Unreadable("holds a dictionary that is put together wrongly")
    return {key_of(key): value for key, value in pairs}


def _reconstructed(machine: Machine, arguments: tuple[Any, ...]) -> Any:
    """How objects were pickled before protocol 2: a class, its base, and what the base holds."""
    kind, base, _ = _some(arguments, 3)
    if kind not in (NAMESPACE, TENSORFLOW, EASYDICT) or base not in {*OBJECT, *DICTS}:
        raise Forbidden(f"makes {kind if isinstance(kind, Name) else 'something'}, which no weights need")
    return Record(kind) if base in OBJECT else _dict(machine, arguments[2:3])


def _set(machine: Machine, arguments: tuple[Any, ...]) -> set[Any]:
    parts = arguments[0] if arguments else []
    _copied(machine, parts)
    if not isinstance(parts, list | tuple | set | frozenset):
        raise Unreadable("holds a set that is put together wrongly")
    return {key_of(part) for part in parts}


def _size(machine: Machine, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    (sizes,) = _some(arguments, 1)
    _copied(machine, sizes)
    return tuple(sizes) if isinstance(sizes, list | tuple) else ()


def _encoded(machine: Machine, arguments: tuple[Any, ...]) -> memoryview:
    """Bytes, as protocols before 3 keep them: as a text of latin-1."""
    text, encoding = _some(arguments, 2)
    if not isinstance(text, str) or encoding not in ("latin1", "latin-1"):
        raise Unreadable("holds bytes that are written in an unknown way")
    machine.budget.spend(len(text))
    try:
        return memoryview(text.encode("latin-1"))
    except UnicodeEncodeError:
        raise Unreadable("holds bytes that are none") from None


def _dtype(machine: Machine, arguments: tuple[Any, ...]) -> DType:
    code = arguments[0] if arguments else None
    found = DType(code if isinstance(code, str) else "", "<")
    found.numpy()
    return found


def _scalar(machine: Machine, arguments: tuple[Any, ...]) -> float | int | bool:
    dtype, content = _some(arguments, 2)
    found = Array()
    found.fill(dtype, (), False, content)
    assert found.dtype is not None
    kind = found.dtype.numpy().kind
    number = found.exact().item()
    return bool(number) if kind == "b" else float(number) if kind == "f" else int(number)


def _array(machine: Machine, arguments: tuple[Any, ...]) -> Array:
    if _some(arguments, 3)[0] != NDARRAY:
        raise Forbidden("makes an array of an unknown kind")
    return Array()


def _array_of_buffer(machine: Machine, arguments: tuple[Any, ...]) -> Array:
    content, dtype, shape, order = _some(arguments, 4)
    found = Array()
    found.fill(dtype, shape, order == "F", content)
    return found


def _copied(machine: Machine, parts: Any) -> None:
    """A copy of something large costs one instruction; it is paid for as text is."""
    if isinstance(parts, list | tuple | dict | set | frozenset):
        machine.budget.spend(64 * len(parts))


def _some(arguments: tuple[Any, ...], count: int) -> tuple[Any, ...]:
    """The first so many. Raises Unreadable where there are fewer."""
    if len(arguments) < count:
        raise Unreadable("is damaged: something in it lacks its parts")
    return arguments[:count]


EASYDICT = Name("dnnlib.util", "EasyDict")
DICTS = (Name("builtins", "dict"), Name("__builtin__", "dict"))
NUMPY = ("numpy.core", "numpy._core")  # since numpy 2

CALLS: dict[Name, Call] = {
    PERSISTENT: lambda m, a: Record(PERSISTENT, a),
    TENSORFLOW: lambda m, a: Record(TENSORFLOW),
    NAMESPACE: lambda m, a: Record(NAMESPACE),
    EASYDICT: _dict,
    Name("dnnlib", "EasyDict"): _dict,
    Name("collections", "OrderedDict"): _dict,
    Name("collections", "defaultdict"): lambda m, a: {},
    **dict.fromkeys(DICTS, _dict),
    **{Name(module, "set"): _set for module in ("builtins", "__builtin__")},
    **{Name(module, "frozenset"): _set for module in ("builtins", "__builtin__")},
    **{Name(module, "_reconstructor"): _reconstructed for module in ("copyreg", "copy_reg")},
    Name("_codecs", "encode"): _encoded,
    Name("pathlib", "PosixPath"): lambda m, a: None,
    Name("pathlib", "WindowsPath"): lambda m, a: None,
    # torch
    Name("torch._utils", "_rebuild_tensor"): _tensor,
    Name("torch._utils", "_rebuild_tensor_v2"): _tensor,
    Name("torch._utils", "_rebuild_tensor_v3"): _tensor_of_type,
    Name("torch._utils", "_rebuild_parameter"): _parameter,
    Name("torch._utils", "_rebuild_parameter_with_state"): _parameter,
    Name("torch.storage", "_load_from_bytes"): _storage,
    Name("torch", "Size"): _size,
    Name("torch", "device"): lambda m, a: None,
    # numpy
    **{Name(f"{core}.multiarray", "scalar"): _scalar for core in NUMPY},
    **{Name(f"{core}.multiarray", "_reconstruct"): _array for core in NUMPY},
    **{Name(f"{core}.numeric", "_frombuffer"): _array_of_buffer for core in NUMPY},
    Name("numpy", "dtype"): _dtype,
}

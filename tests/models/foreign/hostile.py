"""Files that want to be more than read. Each would make the file MARKER if anything in it were run."""

from __future__ import annotations

import io
import pickle
import struct
import sys
import types
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch


class Calls:
    """Pickles as a call of a function."""

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        self.call = function, arguments

    def __reduce__(self) -> tuple[Any, ...]:
        return self.call


def files(marker: Path) -> dict[str, bytes]:
    """Name -> content."""
    code = f"open({str(marker)!r}, 'w').close()"
    shell = f"touch {marker}"
    evil = pickle.dumps(Calls(eval, code), 2)
    return {
        **_pickles(marker, code, shell),
        **_dotted(code, shell),
        **_bombs(),
        "a blob in a blob": _snapshot(_legacy(Calls(eval, code))),
        "a blob that is a pickle": _snapshot(evil),
        "a blob of a blob": _snapshot(_snapshot(_legacy(Calls(eval, code)))),
        "torch zip": _zip({"archive/data.pkl": evil}),
        "torch zip with a path": _zip({"../archive/data.pkl": evil, f"{marker}": b"", "archive/data.pkl": evil}),
        "torch legacy": _legacy(Calls(eval, code)),
        "torch legacy, in the machine's name": _legacy_parts(system=Calls(eval, code)),
        "torch legacy, in the keys": _legacy_parts(keys=Calls(eval, code)),
        "torch legacy, old module": _legacy_parts(value=Outside(("module", Calls(eval, code), "source.py", code))),
        "torchscript": _zip(
            {"a/data.pkl": b"\x80\x02N.", "a/constants.pkl": evil, "a/code/__torch__.py": code.encode()}
        ),
        "a persistent class": _persistent(code, class_name="Evil", state={}),
        "a persistent module": _persistent(code, kind="module", class_name="Generator", state={}),
        "a persistent class with a hook": _persistent(code, class_name="Generator", state={"hook": Calls(eval, code)}),
        "a persistent class, called with more": _persistent(code, Calls(eval, code), class_name="Generator", state={}),
        "setstate": b"\x80\x02cargparse\nNamespace\n)\x81}X\x0c\x00\x00\x00__setstate__cbuiltins\neval\nsb.",
        "state for a function": b"\x80\x02ccollections\nOrderedDict\n}X\x01\x00\x00\x00aK\x01sb.",
        "an object array": pickle.dumps(__import__("numpy").array([Calls(eval, code)], dtype=object), 2),
    }


def _pickles(marker: Path, code: str, shell: str) -> dict[str, bytes]:
    text = shell.encode()
    named = f"{len(shell):c}".encode("latin-1") + text
    return {
        "os.system, by hand": b"cos\nsystem\n(S'" + text + b"'\ntR.",
        "posix.system, by hand": b"cposix\nsystem\n(X" + struct.pack("<I", len(text)) + text + b"tR.",
        "os.system as an instance": b"(S'" + text + b"'\nios\nsystem\n.",
        "os.system as an object": b"(cos\nsystem\nS'" + text + b"'\no.",
        "subprocess": pickle.dumps(Calls(__import__("subprocess").call, ["touch", str(marker)])),
        **{f"eval, protocol {n}": pickle.dumps({"G_ema": Calls(eval, code)}, n) for n in range(6)},
        "exec": pickle.dumps(Calls(exec, code)),
        "open": pickle.dumps(Calls(open, str(marker), "w")),
        "import": pickle.dumps(Calls(__import__, "os")),
        "a name from the stack": b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c" + named + b"\x85R.",
        "a name that is no text": b"\x80\x04K\x01K\x02\x93)R.",
        "getattr": pickle.dumps(Calls(getattr, Calls(__import__, "os"), "system")),
        "operator.attrgetter": pickle.dumps(Calls(__import__("operator").attrgetter, "system")),
        "map": pickle.dumps(Calls(map, eval, [code])),
        "functools.partial": pickle.dumps(Calls(__import__("functools").partial, eval, code)),
        "a new object with keywords": b"\x80\x04cbuiltins\neval\n)}\x92.",
        "an extension": b"\x80\x02\x82\x01)R.",
        "an extension of four bytes": b"\x80\x02\x84\x01\x00\x00\x00)R.",
        "a buffer from outside": b"\x80\x05\x97.",
        "a persistent id": b"\x80\x02X\x01\x00\x00\x00aQ.",
        "a persistent id, in text": b"Pevil\n.",
        "pickle.loads": pickle.dumps(Calls(pickle.loads, pickle.dumps(Calls(eval, code)))),
        "a call of a text": b"\x80\x02X\x04\x00\x00\x00evalX\x01\x00\x00\x001\x85R.",
        "a call of a record": b"\x80\x02cargparse\nNamespace\n)\x81)R.",
        "a class made anew": b"ccopy_reg\n_reconstructor\n(cos\nsystem\nc__builtin__\nobject\nNtR.",
        "bytes that are text": b"c_codecs\nencode\n(S'a'\nS'rot13'\ntR.",
    }


def _dotted(code: str, shell: str) -> dict[str, bytes]:
    """Names that lead from an innocent module to another one."""
    pairs = [
        ("torch", "serialization.os.system"), ("torch.serialization", "os.system"), ("torch", "hub.load"),
        ("torch", "load"), ("torch.storage", "io.open"), ("torch._utils", "sys.modules"),
        ("torch.utils.collect_env", "run"), ("numpy", "lib.npyio.os.system"),
        ("numpy.testing._private.utils", "runstring"),
        ("numpy.core.multiarray", "scalar.__class__"), ("numpy", "load"), ("collections", "OrderedDict.__reduce__"),
        ("argparse", "Namespace.__init__.__globals__"), ("argparse", "_os.system"), ("builtins", "eval"),
        ("__builtin__", "eval"), ("dnnlib.util", "EasyDict.__init__.__globals__"), ("dnnlib.util", "open_url"),
        ("torch_utils.persistence", "_src_to_module"), ("torch_utils", "persistence._reconstruct_persistent_obj"),
        ("torch.nn.modules.module", "Module"), ("torch.fx.graph_module", "reduce_graph_module"),
        ("torch.jit._script", "unpack"), ("torch._dynamo.guards", "eval"), ("pip._internal", "main"),
        ("timeit", "timeit"),
        ("torch\x1b[2J", "evil"), ("torch", "distributed.rpc.api._invoke_rpc"), ("idlelib.pyshell", "os.system"),
    ]  # fmt: skip
    found = {}
    for number, (module, name) in enumerate(pairs):
        argument = (shell if "system" in name or name == "run" else code).encode()
        text = b"X" + struct.pack("<I", len(argument)) + argument
        found[f"dotted {number}: {module}.{name}"] = (
            b"\x80\x04\x8c" + bytes([len(module)]) + module.encode() + b"\x8c" + bytes([len(name)]) + name.encode()
            + b"\x93" + text + b"\x85R."
        )  # fmt: skip
    return found


def _bombs() -> dict[str, bytes]:
    """Files that want to be more than there is room for."""
    tensor = (
        b"ctorch._utils\n_rebuild_tensor_v2\n(ctorch.storage\n_load_from_bytes\nB"
        + struct.pack("<I", len(_one_number())) + _one_number() + b"\x85R"
    )  # fmt: skip
    huge = b"\x8a\x06" + (10**12).to_bytes(6, "little")
    array = b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK\x00\x85C\x01btR(K\x01" + huge + b"\x85"
    dtype = b"cnumpy\ndtype\n(X\x02\x00\x00\x00f8K\x00K\x01tR(K\x03X\x01\x00\x00\x00<NNNK\x00K\x00K\x00tb"
    outside = _legacy_parts(value=Outside(_reference(10**12)), keys=["0"])
    return {
        "lists in lists": b"\x80\x02" + b"]" * 1_000_000 + b"a" * 999_999 + b".",
        "tuples in tuples": b"\x80\x02N" + b"\x85" * 1_000_000 + b".",
        "tuples of themselves twice": b"\x80\x02N" + b"2\x86" * 500 + b".",
        "such a tuple as a key": b"\x80\x02}N" + b"2\x86" * 90 + b"Ns.",
        "marks": b"\x80\x02" + b"(" * 3_000_000 + b".",
        "lists in lists, from above": _from_above(200_000),
        "a long memo": b"\x80\x02N" + b"\x94" * 3_000_000 + b".",
        "a memo far away": b"\x80\x02N" + b"r\xff\xff\xff\xff" * 10 + b"j\xfe\xff\xff\xff.",
        "doubling": b"\x80\x02]q\x00" + b"(h\x00h\x00e" * 600_000 + b".",
        "a text that is not there": b"\x80\x04\x8d\xff\xff\xff\xff\xff\xff\xff\x7f",
        "bytes that are not there": b"\x80\x04\x8e\x00\x00\x00\x00\xff\x00\x00\x00abc",
        "a frame that is not there": b"\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\x7fN.",
        "a number of a million digits": b"I" + b"9" * 1_000_000 + b"\n.",
        "a long of a million bytes": b"\x80\x02\x8b" + struct.pack("<I", 1_000_000) + b"\xff" * 1_000_000 + b".",
        "a tensor of 10**12 numbers": b"\x80\x02" + tensor + b"K\x00" + huge + b"\x85K\x01\x85\x89NtR.",
        "a tensor of stride 0": b"\x80\x02" + tensor + b"K\x00" + huge + b"\x85K\x00\x85\x89NtR.",
        "a tensor before its storage": b"\x80\x02" + tensor + b"J\xff\xff\xff\xffK\x01\x85K\x01\x85\x89NtR.",
        "an array of 10**12 numbers": b"\x80\x02" + array + dtype + b"\x89C\x08aaaaaaaatb.",
        "a storage of 10**12 numbers": outside + struct.pack("<q", 10**12),
        "a zip that unpacks to a gigabyte": _deflated(),
        "a zip of a million members": _zip_end(1_000_000),
    }  # fmt: skip


def _from_above(count: int) -> bytes:
    """A list, in which one is put, in which one is put, …: deep without a deep stack."""
    return b"\x80\x02]q\x00q\x01" + b"0h\x01]q\x01a" * count + b"0h\x00."


class Outside:
    """What a pickle of torch's keeps outside itself."""

    def __init__(self, reference: Any) -> None:
        self.reference = reference


class _Pickler(pickle.Pickler):
    def persistent_id(self, obj: Any) -> Any:
        return obj.reference if isinstance(obj, Outside) else None


def _reference(count: int) -> tuple[Any, ...]:
    return ("storage", torch.FloatStorage, "0", "cpu", count, None)


def _dumped(value: Any) -> bytes:
    file = io.BytesIO()
    _Pickler(file, 2).dump(value)
    return file.getvalue()


def _legacy_parts(value: Any = None, system: Any = None, keys: Any = None) -> bytes:
    parts = (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True} if system is None else system, value, keys or [])
    return b"".join(map(_dumped, parts))


def _legacy(value: Any) -> bytes:
    file = io.BytesIO()
    torch.save(value, file, _use_new_zipfile_serialization=False)
    return file.getvalue()


def _one_number() -> bytes:
    return _legacy(torch.zeros(1).untyped_storage())


def _snapshot(blob: bytes) -> bytes:
    """A tensor as NVIDIA's files hold it, with `blob` for its numbers."""
    return pickle.dumps({"G_ema": Calls(torch.storage._load_from_bytes, blob)})


def _persistent(code: str, *more: Any, kind: str = "class", **meta: Any) -> bytes:
    def _reconstruct_persistent_obj(meta: Any) -> None: ...

    _reconstruct_persistent_obj.__module__ = "torch_utils.persistence"
    _reconstruct_persistent_obj.__qualname__ = "_reconstruct_persistent_obj"
    modules = {name: types.ModuleType(name) for name in ("torch_utils", "torch_utils.persistence")}
    modules["torch_utils.persistence"]._reconstruct_persistent_obj = _reconstruct_persistent_obj  # type: ignore[attr-defined]
    sys.modules.update(modules)
    try:
        whole = {"type": kind, "version": 6, "module_src": code, **meta}
        return pickle.dumps({"G_ema": Calls(_reconstruct_persistent_obj, whole, *more)})
    finally:
        for name in modules:
            del sys.modules[name]


def _zip(members: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def _deflated() -> bytes:
    return _zip({"archive/data.pkl": b"\x80\x02N.", "archive/data/0": bytes(100_000_000)}, zipfile.ZIP_DEFLATED)


def _zip_end(count: int) -> bytes:
    """The end of an archive that claims so many members."""
    end64 = b"PK\x06\x06" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, count, count, 46 * count, 4)
    locator = b"PK\x06\x07" + struct.pack("<IQI", 0, 4, 1)
    return (
        b"PK\x03\x04" + end64 + locator + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 65535, 65535, 2**32 - 1, 4, 0)
    )

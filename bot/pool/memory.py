"""How much memory this process has, and how much it may have."""

import sys
from pathlib import Path

if sys.platform != "win32":
    import resource


def _statm() -> tuple[int, int]:
    """Bytes mapped and bytes resident; zeros where the system does not tell (no /proc)."""
    if sys.platform == "win32":
        return 0, 0
    try:
        mapped, resident, *_ = Path("/proc/self/statm").read_text().split()
    except OSError:
        return 0, 0
    return int(mapped) * resource.getpagesize(), int(resident) * resource.getpagesize()


def resident_bytes() -> int:
    """Resident memory of this process; on macOS the most it ever had; 0 where unknown."""
    if sys.platform == "darwin":
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return _statm()[1]


def limit_memory(more: int) -> bool:
    """Let this process map at most `more` bytes beyond what it maps now; whether the system can do that.

    What is mapped, not what is resident, is all that Linux limits per process; torch alone maps gigabytes, hence
    relative to now. Beyond the limit Python raises `MemoryError`, which fails one batch and harms nobody.
    """
    mapped, _ = _statm()
    if sys.platform == "win32" or not mapped:
        return False
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = mapped + more if hard == resource.RLIM_INFINITY else min(mapped + more, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    return True

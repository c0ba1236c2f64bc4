"""Check whether a simulation fits in memory."""

from __future__ import annotations

import os
from numbers import Real
from pathlib import Path
from typing import Any

from qgate.exceptions import InvalidOption, TooMuchMemory, described

GIB = 2**30

SPARE = 0.9
"""Fraction of the free memory that a simulation may take."""

MOST_WIRES = 40
"""Maximum number of wires of the compiled engine's indices and tables, independent of memory."""

SMALL = 2**26
"""Size in bytes below which the free memory is not checked."""


def require(
    num_states: float, num_wires: int, *, limit_gib: float | None, other_bytes: float = 0.0
) -> None:
    """Refuse a simulation that would not fit in memory.

    Parameters
    ----------
    num_states : float
        Number of state vectors in double precision that are held at a time.
    num_wires : int
    limit_gib : float or None
        Limit in GiB; None: nine tenths of the free memory.
    other_bytes : float
        Further memory in bytes, such as results.

    Raises
    ------
    TooMuchMemory
    """
    needed = needed_bytes(num_states, num_wires) + other_bytes
    if needed >= SMALL or limit_gib is not None:
        require_bytes(needed, num_wires, limit_gib=limit_gib)


def needed_bytes(num_states: float, num_wires: int) -> float:
    """Return the bytes of a number of state vectors in double precision."""
    return num_states * 2.0 ** min(num_wires, 200) * 16


def require_bytes(needed: float, num_wires: int, *, limit_gib: float | None) -> None:
    """Refuse a simulation that would not fit in memory; errors as for ``require``."""
    allowed = limit_gib * GIB if limit_gib is not None else SPARE * free_bytes()
    if needed > allowed or num_wires > MOST_WIRES:
        raise TooMuchMemory(
            wires=num_wires,
            needed_gib=needed / GIB,
            allowed_gib=allowed / GIB,
            advice="",
        )


def checked_limit(memory_gib: Any) -> float | None:
    """Validate a memory limit and return it in GiB; None: no limit is given.

    Raises
    ------
    InvalidOption
        The limit is not a finite number above 0.
    """
    if memory_gib is None:
        return None
    number = isinstance(memory_gib, Real) and not isinstance(memory_gib, bool)
    if not number or not 0 < memory_gib < float("inf"):
        raise InvalidOption(
            f"The local device was given memory_gib={described(memory_gib)}. Give the GiB that a "
            "simulation may take, a finite number above 0."
        )
    return float(memory_gib)


def free_bytes() -> float:
    """Return the free memory in bytes: of the machine, or of the process's container."""
    found = [float("inf")]
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        sizes = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in lines}
        found.append(sizes["MemAvailable"])
    except (OSError, KeyError, ValueError):
        found.append(_free_pages())
    try:
        group = Path("/sys/fs/cgroup")
        most = (group / "memory.max").read_text(encoding="ascii").strip()
        if most != "max":
            used = int((group / "memory.current").read_text(encoding="ascii"))
            found.append(int(most) - used)
    except (OSError, ValueError):
        pass
    return min(found)


def _free_pages() -> float:
    """Return the bytes of free pages, if the system reports them."""
    try:
        return float(os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, OSError, ValueError):
        return float("inf")

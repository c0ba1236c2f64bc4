"""Every public name of PennyLane 0.45 compared with qgate, as the table of docs/pennylane.md.

``make pennylane`` writes the table. The names of PennyLane, and the parameters of its functions,
are in ``pennylane_names.json``; ``pennylane_names.py --record``, run in an environment with
PennyLane 0.45, writes that file. Whether qgate has a name, and its parameters, is looked up.
"""

from __future__ import annotations

import importlib
import inspect
import json
import sys
import types
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

RECORD = Path(__file__).with_suffix(".json")
PAGE = Path(__file__).parents[1] / "docs" / "pennylane.md"
START, END = "<!-- table of names -->", "<!-- end of the table of names -->"

NAMESPACES = (
    "", "gradients", "transforms", "optimize", "templates", "measurements", "operation", "ops",
    "pauli", "math", "numpy", "qaoa", "kernels", "shadows", "qchem", "fourier", "qnn", "drawer",
    "tape", "queuing", "workflow", "devices", "wires", "typing", "resource", "noise",
    "debugging", "exceptions",
)  # fmt: skip
"""Modules whose names are compared; all others of PennyLane are rows of the first table."""

OTHER_NAMES = {
    "drawer.label": "operation.Operator.label",
    "operation.AnnotatedQueue": "queuing.AnnotatedQueue",
    "operation.QueuingManager": "queuing.QueuingManager",
    "ops.Operation": "operation.Operation",
    "plugin_devices": "list_devices",
    "refresh_devices": "list_devices",
    "version": "__version__",
}
"""Names of qgate for what has another name in PennyLane; used where the first is missing."""

DIFFERENT = {
    "Hamiltonian": "returns a `PauliSum` if all terms are Pauli words",
    "LinearCombination": "is `Hamiltonian`",
    "classical_shadow": "without `seed`, bases differ from call to call",
    "counts": "numbers are Python's",
    "draw": "draws the levels of qgate's compilation too",
    "execute": "differentiates by the method `best` by default",
    "generator": "returns Pauli words for projectors too",
    "gradients.finite_diff": "`h` depends on the shots by default",
    "gradients.spsa_grad": "`h` depends on the shots by default",
    "param_shift": "derivatives of any order",
}
"""Differences that parameters do not show; docs/differences.md has all of them."""

NOT_PARAMETERS = frozenset({"args", "kwargs", "params", "hyperparams", "do_queue", "self", "cls"})
"""Parameters whose names mean nothing to a caller."""

Params = list[str] | None


# Names of PennyLane ---------------------------------------------------------------------


def record() -> None:
    """Write the names of PennyLane that it defines itself, and their parameters."""
    names = {space: dict(_names_of(space)) for space in NAMESPACES}
    lines = ",\n".join(f"{json.dumps(space)}: {_lines(found)}" for space, found in names.items())
    RECORD.write_text(f"{{\n{lines}\n}}\n")


def _lines(found: Mapping[str, Params]) -> str:
    rows = ",\n".join(f" {json.dumps(name)}: {json.dumps(row)}" for name, row in found.items())
    return f"{{\n{rows}\n}}"


def _names_of(space: str) -> Iterator[tuple[str, Params]]:
    module = importlib.import_module(f"pennylane.{space}".rstrip("."))
    for name in sorted(dir(module)):
        value = getattr(module, name, None)
        is_module = isinstance(value, types.ModuleType)
        origin = value.__name__ if is_module else getattr(value, "__module__", None)
        if name.startswith("_") or not str(origin).startswith("pennylane"):
            continue
        if space == "numpy" and origin != "pennylane.numpy.tensor":
            continue  # every other name is numpy's
        yield name, None if is_module or not callable(value) else parameters(value)


def parameters(function: Any) -> Params:
    """Return the names of the parameters of a function or class; None: unknown."""
    try:
        found = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    return [item.name for item in found if not item.name.startswith("_")]


def recorded() -> dict[str, dict[str, Params]]:
    """Return the names of PennyLane by module, and the parameters of each."""
    found: dict[str, dict[str, Params]] = json.loads(RECORD.read_text())
    return found


# Comparison -----------------------------------------------------------------------------


def look_up(path: str) -> Any:
    """Return a public name of qgate, such as ``gradients.param_shift``; None: it is missing.

    Names of older versions, which work with a warning, count as missing.
    """
    from qgate.former_names import KEPT, MODULES, MOVED

    if path in KEPT or path in MODULES or path in MOVED:
        return None
    found: Any = importlib.import_module("qgate")
    for part in path.split("."):
        try:
            found = getattr(found, part)
        except AttributeError:
            try:
                found = importlib.import_module(f"{found.__name__}.{part}")
            except (ImportError, AttributeError):
                return None
    return found


def lacking(theirs: Params, ours: Any) -> list[str]:
    """Return the parameters of PennyLane's function that ours does not have."""
    if theirs is None or not callable(ours):
        return []
    try:
        found = inspect.signature(ours).parameters.values()
    except (TypeError, ValueError):
        return []
    if any(item.kind in (item.VAR_KEYWORD, item.VAR_POSITIONAL) for item in found):
        return []
    names = {item.name for item in found} | NOT_PARAMETERS
    return [name for name in theirs if name not in names]


def status(space: str, name: str, theirs: Params) -> tuple[str, str]:
    """Return one of "same", "other name", "differs" and "not here", and a text for the last three.

    The text of another name is that name, else what differs, or the reason.
    """
    from qgate.missing_names import explanation

    path = f"{space}.{name}".lstrip(".")
    ours = look_up(path)
    if ours is None:
        others = [OTHER_NAMES.get(path), name]
        if name.endswith(("Error", "Undefined", "Warning")):
            others.append(f"exceptions.{name}")
        for other in others:
            if other is not None and look_up(other) is not None:
                return "other name", other
        return "not here", explanation(f"qgate.{space}".rstrip("."), name, ()) or ""
    missing = lacking(theirs, ours)
    if path in DIFFERENT:
        return "differs", DIFFERENT[path]
    if missing:
        return "differs", "without " + ", ".join(f"`{item}`" for item in missing)
    return "same", ""


def table() -> str:
    """Return the tables of all names, one for each module."""
    parts = []
    for space, names in recorded().items():
        rows: dict[tuple[str, str], list[str]] = defaultdict(list)
        for name, theirs in names.items():
            kind, text = status(space, name, theirs)
            entry = f"`{name}`: `qg.{text}`" if kind == "other name" else f"`{name}`"
            entry = f"{entry} ({text})" if kind == "differs" else entry
            rows[kind, text if kind == "not here" else ""].append(entry)
        parts.append(f"### `qml.{space}`\n" if space else "### `qml`\n")
        parts.append("| | names | reason |\n|---|---|---|")
        order = ("same", "other name", "differs", "not here")
        for kind, text in sorted(rows, key=lambda row: (order.index(row[0]), row[1])):
            parts.append(f"| {kind} | {', '.join(rows[kind, text])} | {text} |")
        parts.append("")
    return "\n".join(parts)


def with_table(page: str) -> str:
    """Return the page with the present table."""
    before, _, rest = page.partition(START)
    return f"{before}{START}\n\n{table()}\n{END}{rest.partition(END)[2]}"


def unexplained() -> list[str]:
    """Return the names of PennyLane that qgate does not have, without a reason."""
    return [
        f"{space}.{name}".lstrip(".")
        for space, names in recorded().items()
        for name, theirs in names.items()
        if status(space, name, theirs) == ("not here", "")
    ]


if __name__ == "__main__":
    if "--record" in sys.argv:
        record()
    else:
        PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
        print("\n".join(f"no reason for {name}" for name in unexplained()))

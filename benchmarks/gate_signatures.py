"""Signatures of the gates for type checkers and editors: ``qgate/operations/signatures.pyi``.

Gates are rows of a table, from which their classes are made at import. A type checker cannot see
their parameters there. ``make signatures`` writes a class for each gate that has them.
"""

from __future__ import annotations

from collections.abc import Iterator
from inspect import Parameter, cleandoc
from pathlib import Path

import qgate as qg
from qgate.operations.gate import Gate

STUB = Path(qg.__file__).parent / "operations" / "signatures.pyi"

HEAD = '''"""Parameters of every gate. Written by `make signatures`; do not edit."""

from qgate.operations.fixed import HadamardGate, PauliGate
from qgate.operations.gate import Gate
from qgate.operations.controlled import MultiControlledFlip
from qgate.operations.pauli_rotations import WordRotation
from qgate.typing import Tensor, WiresLike
'''

TYPES = {
    "wires": "WiresLike",
    "work_wires": "WiresLike | None",
    "pauli_word": "str",
    "work_wire_type": "str",
    "id": "str | None",
}
"""Types of parameters that are not numbers."""


def gates() -> dict[str, type[Gate]]:
    """Return the public gates of the table by name."""
    found = {name: getattr(qg, name) for name in qg.__all__}
    return {
        name: gate
        for name, gate in sorted(found.items())
        if isinstance(gate, type) and issubclass(gate, Gate)
    }


def written(name: str, parameter: Parameter) -> str:
    """Return a parameter with its type, as in a stub."""
    kind = TYPES.get(name, "Tensor")
    return f"{name}: {kind}" + ("" if parameter.default is Parameter.empty else " = ...")


def body(gate: type[Gate]) -> str:
    """Return the class of a gate."""
    parameters = gate.spec.signature.parameters
    before = [written(name, item) for name, item in parameters.items() if name != "id"]
    call = ", ".join(["self", *before, "*", written("id", parameters["id"])])
    summary = cleandoc(gate.__doc__ or "").partition("\n\n")[0]
    return (
        f"class {gate.__name__}({gate.__mro__[1].__name__}):\n"
        f'    r"""{summary}"""\n\n'
        f"    def __init__({call}) -> None: ...\n"
    )


def stub() -> Iterator[str]:
    """Yield the lines of the stub file, before they are formatted."""
    yield HEAD
    aliases = []
    for name, gate in gates().items():
        if gate.__name__ == name:
            yield body(gate)
        else:
            aliases.append(f"{name} = {gate.__name__}")
    yield from aliases


if __name__ == "__main__":
    STUB.write_text("\n".join(stub()) + "\n")

"""Tables of compiled circuits, as text and for notebooks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape

from qgate.devices.compiled import CompiledCircuit
from qgate.text_table import table_lines

MOST_LISTED = 20
"""Maximum number of circuits of a kind that are listed."""

FIGURES: Mapping[str, Callable[[CompiledCircuit], str]] = {
    "depth": lambda circuit: str(circuit.depth),
    "gates": lambda circuit: str(len(circuit.gates)),
    "on two qubits": lambda circuit: str(circuit.two_qubit_gates),
    "duration": lambda circuit: _or_nothing(circuit.duration_s, lambda s: f"{s * 1e6:.4g} us"),
    "success": lambda circuit: _or_nothing(circuit.success_probability, lambda p: f"{p:.3g}"),
    "native gates": lambda circuit: ", ".join(
        f"{name} {count}" for name, count in circuit.gate_types.items()
    ),
}
"""Columns of a circuit's figures; columns without any entry are left out."""

LEFT = frozenset({"circuit", "device", "native gates"})
"""Columns of words, which are aligned to the left."""

Columns = dict[str, list[str]]


def columns(circuits: Sequence[CompiledCircuit], first: Mapping[str, Sequence[object]]) -> Columns:
    """Return the cells of a table by the heads of its columns.

    Parameters
    ----------
    circuits : sequence of CompiledCircuit
    first : mapping of str to sequence
        Columns before those of the figures, each with an entry for every circuit.
    """
    listed = circuits[:MOST_LISTED]
    made = {head: list(map(str, entries[:MOST_LISTED])) for head, entries in first.items()}
    made |= {head: [figure(circuit) for circuit in listed] for head, figure in FIGURES.items()}
    return {head: cells for head, cells in made.items() if any(cells)}


def as_text(table: Columns) -> list[str]:
    """Return the lines of a table."""
    return table_lines(list(table), list(zip(*table.values(), strict=True)), left=LEFT)


def as_html(table: Columns) -> str:
    """Return a table in HTML."""
    heads = "".join(f"<th>{escape(head)}</th>" for head in table)
    rows = [
        "".join(f"<td>{escape(cell)}</td>" for cell in row)
        for row in zip(*table.values(), strict=True)
    ]
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in [heads, *rows])}</table>"


def notes(circuits: Sequence[CompiledCircuit]) -> list[str]:
    """Return what the circuits and their figures rest on, each sentence once."""
    compilers = [f"The circuits are {each.compiler}." for each in circuits if each.compiler]
    sources = [
        f"Errors and durations are those of the {each.calibration}."
        for each in circuits
        if each.calibration
    ]
    more = len(circuits) - MOST_LISTED
    rest = [f"There are {more} more circuits."] if more > 0 else []
    return [*rest, *dict.fromkeys([*compilers, *sources])]


def _or_nothing(value: float | None, text: Callable[[float], str]) -> str:
    return "" if value is None else text(value)

"""Counts of a QNode's circuits, and what they become on its device."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from string import ascii_lowercase
from typing import TYPE_CHECKING, Any

from qgate.circuit_resources import OLDER_NAMES as COUNTS_BEFORE
from qgate.circuit_resources import SpecsResources
from qgate.devices.compiled import CompiledCircuit, quantity
from qgate.exceptions import QGateError, UnknownEntry
from qgate.resource.compiled_table import (
    MOST_LISTED,
    Columns,
    as_html,
    as_text,
    columns,
    notes,
)
from qgate.resource.requests import (
    RequestCounts,
    method_of,
    requests_of_gradient,
    requests_of_value,
    trained,
)
from qgate.short_repr import fields_summary
from qgate.shots import Shots
from qgate.tape import Tape

if TYPE_CHECKING:
    from qgate.qnode import QNode
    from qgate.resource.requests import Requests

OLDER_NAMES: Mapping[str, str] = {"gradient_fn": "diff_method", "num_tape_wires": "num_wires"}
"""Names of entries that programs written for older versions of PennyLane use."""


@dataclass(frozen=True)
class CircuitSpecs:
    """Counts of a QNode's circuits; entries can also be read as of a dictionary.

    The fields are those of PennyLane. The other attributes are computed when they are first read,
    which compiles circuits where the device does; nothing is ever sent.

    Parameters
    ----------
    device_name : str
    num_device_wires : int or None
        None: the device takes the wires of the circuit.
    shots : Shots
    level : str, int or slice
        Transforms and decompositions after which ``resources`` are counted.
    resources : SpecsResources, or list of SpecsResources
        Counts at that level; a list if transforms or the device make several circuits.
    qnode : QNode
        Its derivatives are counted.
    tapes : sequence of Tape
        The circuits after the transforms of the user, which a call runs.

    Raises
    ------
    UnknownEntry
        From a look-up by a name that is not there, a ``KeyError``.
    """

    device_name: str
    num_device_wires: int | None
    shots: Shots
    level: Any
    resources: SpecsResources | list[SpecsResources]
    qnode: QNode = field(repr=False, compare=False)
    tapes: Sequence[Tape] = field(repr=False, compare=False)

    # Parameters and derivatives ----------------------------------------------------------

    @property
    def num_params(self) -> int:
        """Number of parameters, numbers and arrays, of all circuits."""
        return sum(len(tape.parameters) for tape in self.tapes)

    @property
    def num_trainable_params(self) -> int:
        """Number of parameters to differentiate by: those marked as trainable, or all angles."""
        return sum(len(trained(tape)) for tape in self.tapes)

    @cached_property
    def diff_method(self) -> str | None:
        """The gradient method; None: the QNode has none.

        Raises
        ------
        DifferentiationError
            The method cannot differentiate the circuit.
        """
        method = method_of(self.tapes[0], self.qnode)
        return None if method is None else method.name

    # Submissions -------------------------------------------------------------------------

    @cached_property
    def _requests(self) -> Requests:
        return requests_of_value(self.tapes, self.qnode.device)

    @property
    def value(self) -> RequestCounts:
        """Counts of what a call of the QNode submits.

        Raises
        ------
        DeviceError
            The device cannot run a circuit.
        """
        return self._requests.counts

    @cached_property
    def gradient(self) -> RequestCounts | None:
        """Counts of what the value and its gradient submit together; None: nothing is trainable.

        The derivatives are those by the trainable parameters; if none is marked, by all angles.

        Raises
        ------
        DeviceError, DifferentiationError
            The device cannot run a circuit, or the method cannot differentiate it.
        """
        return requests_of_gradient(self.tapes, self.qnode)

    @property
    def num_gradient_executions(self) -> int:
        """Number of rows of a gradient without those of the value."""
        return 0 if self.gradient is None else self.gradient.rows - self.value.rows

    @cached_property
    def compiled(self) -> tuple[CompiledCircuit, ...]:
        """The circuits of a value as the device runs them, one for each measurement basis.

        Raises
        ------
        DeviceError
            The device cannot run a circuit.
        """
        return self._requests.compiled()

    # As a dictionary, and as text --------------------------------------------------------

    def to_dict(self) -> dict[str, Any]:
        """Return all counts as a dictionary, which can be written as JSON.

        ``gradient`` is None also where the circuit cannot be differentiated.
        """
        several = isinstance(self.resources, list)
        resources = self.resources if isinstance(self.resources, list) else [self.resources]
        listed = [each.to_dict() for each in resources]
        return {
            "device_name": self.device_name,
            "num_device_wires": self.num_device_wires,
            "shots": self.shots.total_shots,
            "level": self.level if isinstance(self.level, str | int) else str(self.level),
            "resources": listed if several else listed[0],
            "num_params": self.num_params,
            "num_trainable_params": self.num_trainable_params,
            "value": self.value.to_dict(),
            **self._gradient_to_dict(),
            "compiled": [circuit.to_dict() for circuit in self.compiled],
        }

    def _gradient_to_dict(self) -> dict[str, Any]:
        names = ("diff_method", "gradient", "num_gradient_executions")
        try:
            found = None if self.gradient is None else self.gradient.to_dict()
            numbers = (self.diff_method, found, self.num_gradient_executions)
        except QGateError:
            numbers = (None, None, 0)
        return dict(zip(names, numbers, strict=True))

    def __getitem__(self, key: str) -> Any:
        name = OLDER_NAMES.get(key, key)
        if name == "num_wires":
            return max(len(tape.wires) for tape in self.tapes)
        if name in ENTRIES:
            return getattr(self, name)
        if isinstance(self.resources, SpecsResources) and name in (*COUNTS, *COUNTS_BEFORE):
            return self.resources[name]
        raise UnknownEntry(of="The specs of a QNode", key=key, known=ENTRIES)

    def to_pretty_str(self) -> str:
        """Return all counts as text."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield from (f"{name}: {value}" for name, value in self._header())
        yield ""
        if isinstance(self.resources, list):
            for index, each in enumerate(self.resources[:MOST_LISTED]):
                yield f"Batched tape {letters(index)}:"
                yield each.to_pretty_str(preindent=4)
                yield ""
            if len(self.resources) > MOST_LISTED:
                yield f"And {len(self.resources) - MOST_LISTED} more."
                yield ""
        else:
            yield self.resources.to_pretty_str()
            yield ""
        yield from (f"{name}: {value}" for name, value in self._work())
        if table := self._table():
            yield ""
            yield from as_text(table)
            yield from notes(self.compiled)

    def _header(self) -> list[tuple[str, object]]:
        return [
            ("Device", self.device_name),
            ("Device wires", self.num_device_wires),
            ("Shots", _text_of(self.shots)),
            ("Level", self.level),
        ]

    def _work(self) -> Iterator[tuple[str, object]]:
        """Yield names and texts of parameters, submissions and compiled circuits."""
        angles = sum(len(tape.slots_of(at)) for tape in self.tapes for at in trained(tape))
        trainable = f"{self.num_trainable_params} trainable with {quantity(angles, 'angle')}"
        yield "Parameters", f"{self.num_params}, of which {trainable}"
        try:
            yield "Value", self.value
            yield from self._derivatives()
        except QGateError as error:
            yield "Cannot run", error

    def _derivatives(self) -> Iterator[tuple[str, object]]:
        try:
            gradient = self.gradient
            yield "Gradient method", self.diff_method
        except QGateError as error:
            yield "Gradient", f"not possible. {error}"
            return
        if gradient is not None:
            yield "Value and gradient", gradient

    def _table(self) -> Columns:
        """Return the table of the circuits on the device; empty if it cannot run them."""
        try:
            circuits = self.compiled
        except QGateError:
            return {}
        return columns(circuits, {"circuit": list(map(letters, range(len(circuits))))})

    def __str__(self) -> str:
        return self.to_pretty_str()

    def _repr_html_(self) -> str:
        """Return the counts as tables for a notebook."""
        resources = self.resources if isinstance(self.resources, list) else [self.resources]
        counts: list[list[tuple[str, object]]] = [
            [("Wires", each.num_allocs), ("Gates", each.num_gates)]
            + [(f"&nbsp;&nbsp;{escape(name)}", count) for name, count in each.gate_types.items()]
            + [(escape(name), count) for name, count in each.measurements.items()]
            + [("Depth", "not computed" if each.depth is None else each.depth)]
            for each in resources
        ]
        tables = "".join(map(_table, (self._header(), *counts, list(self._work()))))
        return tables + (as_html(table) if (table := self._table()) else "")

    __repr__ = fields_summary


ENTRIES = (
    "device_name",
    "num_device_wires",
    "shots",
    "level",
    "resources",
    "num_params",
    "num_trainable_params",
    "diff_method",
    "value",
    "gradient",
    "num_gradient_executions",
    "compiled",
)
"""Names of the entries, for look-ups as of a dictionary."""

COUNTS = ("gate_types", "gate_sizes", "measurements", "num_gates", "depth")
"""Names of entries of ``resources``, which older programs look up without it."""


def letters(index: int) -> str:
    """Return the name of a circuit of a batch: a, b, ..., z, aa, ab, ..."""
    first, last = divmod(index, 26)
    return (letters(first - 1) if first else "") + ascii_lowercase[last]


def _text_of(shots: Shots) -> str:
    """Return shots as text, those of a vector one by one."""
    if shots.budget is not None:
        return str(shots.budget)
    if not shots:
        return "None"
    return ", ".join(map(str, shots.parts)) if shots.partitioned else str(shots.total_shots)


def _table(rows: Sequence[tuple[str, object]]) -> str:
    cells = (f"<tr><th>{name}</th><td>{escape(str(value))}</td></tr>" for name, value in rows)
    return f"<table>{''.join(cells)}</table>"

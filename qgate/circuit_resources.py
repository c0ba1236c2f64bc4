"""Counts of a circuit as it is written: gates by name and size, measurements, wires, depth."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any

from qgate.exceptions import UnknownEntry
from qgate.measurements import Measurement
from qgate.operations.composites import Prod, SProd, Sum
from qgate.operations.conditions import Conditional
from qgate.operations.controls import Controlled
from qgate.operations.mid_measure import MidMeasure
from qgate.operations.operator import Operator
from qgate.operations.outcome_values import uids_in
from qgate.operations.pauli import PauliSum
from qgate.short_repr import fields_summary

if TYPE_CHECKING:
    from qgate.structure import Structure

OLDER_NAMES: Mapping[str, str] = {"num_wires": "num_allocs", "gate_counts": "gate_types"}
"""Names of fields that programs written for older versions of PennyLane use."""


@dataclass(frozen=True)
class SpecsResources:
    """Counts of one circuit; entries can also be read as of a dictionary, ``counts["depth"]``.

    Parameters
    ----------
    gate_types : dict of str to int
        Number of operations of each name.
    gate_sizes : dict of int to int
        Number of operations on each number of wires.
    measurements : dict of str to int
        Number of measurements of each kind, with their observables.
    num_allocs : int
        Number of wires.
    depth : int or None
        Largest number of operations one after the other; None: not computed.

    Raises
    ------
    UnknownEntry
        From a look-up by a name that is not there, a ``KeyError``.
    """

    gate_types: dict[str, int]
    gate_sizes: dict[int, int]
    measurements: dict[str, int]
    num_allocs: int
    depth: int | None = None

    @property
    def num_gates(self) -> int:
        """Number of operations."""
        return sum(self.gate_types.values())

    @property
    def gate_counts(self) -> dict[str, int]:
        """The same as ``gate_types``."""
        return self.gate_types

    @property
    def num_wires(self) -> int:
        """The same as ``num_allocs``."""
        return self.num_allocs

    def to_dict(self) -> dict[str, Any]:
        """Return all counts as a dictionary."""
        return {**asdict(self), "num_gates": self.num_gates}

    def __getitem__(self, key: str) -> Any:
        known = self.to_dict()
        name = OLDER_NAMES.get(key, key)
        if name not in known:
            raise UnknownEntry(of="Counts of a circuit", key=key, known=tuple(known))
        return known[name]

    def to_pretty_str(self, preindent: int = 0) -> str:
        """Return the counts as text, each line indented by a number of spaces."""
        depth = "Not computed" if self.depth is None else self.depth
        lines = [
            f"Wire allocations: {self.num_allocs}",
            f"Total gates: {self.num_gates}",
            "Gate counts:",
            *_listed(self.gate_types, "No gates."),
            "Measurements:",
            *_listed(self.measurements, "No measurements."),
            f"Depth: {depth}",
        ]
        return "\n".join(" " * preindent + line for line in lines)

    def __str__(self) -> str:
        return self.to_pretty_str()

    def _repr_html_(self) -> str:
        """Return the text for a notebook."""
        return f"<pre>{escape(str(self))}</pre>"

    __repr__ = fields_summary


def _listed(counts: Mapping[str, int], nothing: str) -> list[str]:
    return [f"- {name}: {count}" for name, count in counts.items()] or [f"- {nothing}"]


def count_resources(
    operations: Sequence[Operator],
    measurements: Sequence[Measurement],
    *,
    compute_depth: bool = True,
) -> SpecsResources:
    """Count the operations and measurements of a circuit.

    Parameters
    ----------
    operations : sequence of Operator
    measurements : sequence of Measurement
    compute_depth : bool
    """
    every: list[Operator | Measurement] = [*operations, *measurements]
    wires = {wire for item in every for wire in item.wires}
    return SpecsResources(
        dict(Counter(map(_name_of, operations))),
        dict(Counter(len(operation.wires) for operation in operations)),
        dict(Counter(_text_of(each, len(wires)) for each in measurements)),
        len(wires),
        depth_of(operations) if compute_depth else None,
    )


@lru_cache(maxsize=256)
def counts_of(structure: Structure) -> SpecsResources:
    """Count the operations and measurements of a structure."""
    return count_resources(structure.operations, structure.measurements)


def depth_of(operations: Sequence[Operator]) -> int:
    """Return the largest number of operations that wait for each other.

    Operations wait for those on the same wires, and conditions for their outcomes. As in PennyLane,
    operations without wires (a barrier, a global phase) act on all wires.
    """
    reached: dict[Hashable, int] = defaultdict(int)
    everything = {wire for operation in operations for wire in operation.wires}
    for operation in operations:
        acted = [*(operation.wires or everything), *_outcomes(operation)]
        level = 1 + max((reached[place] for place in acted), default=0)
        reached.update(dict.fromkeys(acted, level))
    return max(reached.values(), default=0)


def _outcomes(operation: Operator) -> list[Hashable]:
    """Return the outcomes that an operation gives or waits for, apart from the labels of wires."""
    if isinstance(operation, MidMeasure):
        return [("outcome", operation.meas_uid)]
    if isinstance(operation, Conditional):
        return [("outcome", uid) for uid in uids_in(operation.node)]
    return []


def _name_of(operation: Operator) -> str:
    """Return the name of an operation, with its number of controls above one: ``2C(RX)``."""
    if type(operation) is Controlled and len(operation.control_wires) > 1:
        return f"{len(operation.control_wires)}{operation.name}"
    return operation.name


def _text_of(measurement: Measurement, num_wires: int) -> str:
    """Return a measurement as text, ``expval(PauliZ)`` or ``probs(2 wires)``."""
    kind, count = measurement.kind.value, len(measurement.wires)
    if measurement.mv is not None:
        return f"{kind}(mcm)"
    if measurement.obs is not None:
        return f"{kind}({_observable(measurement.obs)})"
    return f"{kind}(all wires)" if count in (0, num_wires) else f"{kind}({count} wires)"


def _observable(observable: Operator) -> str:
    size = f"num_wires={len(observable.wires)}"
    if isinstance(observable, PauliSum) and observable.num_terms == 1:
        letters = [*zip(observable.x[0].tolist(), observable.z[0].tolist(), strict=True)]
        factors = [_LETTERS[letter] for letter in letters if any(letter)]
        if len(factors) > 1:
            return f"Prod({size}, num_terms={len(factors)})"
        return factors[0] if factors else "Identity"
    if isinstance(observable, PauliSum):
        return f"Sum({size}, num_terms={observable.num_terms})"
    if isinstance(observable, SProd):
        return _observable(observable.operands[0])
    if isinstance(observable, Prod | Sum):
        return f"{observable.name}({size}, num_terms={len(observable.operands)})"
    return observable.name


_LETTERS = {(True, False): "PauliX", (True, True): "PauliY", (False, True): "PauliZ"}

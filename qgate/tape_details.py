"""Further attributes of tapes, named as in PennyLane."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from typing import Any, Self

from qgate.arguments import items_of, whole_number
from qgate.exceptions import InvalidTape, described, suggest
from qgate.measurements import Measurement
from qgate.operations.operator import Operator, without_recording
from qgate.recording import Recorder
from qgate.typing import Tensor, WiresLike
from qgate.wires import Wires

PARTS = ("operations", "measurements", "shots", "trainable_params")
"""Parts of a tape that ``copy`` replaces."""


class TapeDetails:
    """Base class of tapes: what follows from the operations and measurements."""

    def draw(self, wire_order: WiresLike | None = None, **options: Any) -> str:
        """Draw the tape as text; arguments as for ``qgate.drawer.tape_text``."""
        from qgate.drawer.text import tape_text  # on use: no value needs a drawing

        tape: Any = self
        return tape_text(tape, wire_order, **options)

    def _repr_html_(self) -> str:
        """Return the drawing for a notebook."""
        from qgate.drawer.notebook import tape_html  # on use: no value needs a drawing

        tape: Any = self
        return tape_html(tape)

    @classmethod
    def from_queue(cls, queue: Recorder | Iterable[Any], shots: Any = None) -> Self:
        """Return the tape of recorded operators and measurements, in their order.

        Parameters
        ----------
        queue : Recorder or iterable
        shots : None, int, sequence or Shots
        """
        items = queue.items if isinstance(queue, Recorder) else items_of(queue)
        if items is None:
            raise InvalidTape(
                reason=f"{described(queue)} is no recorder, and no sequence",
                remedy="Give a recorder, or a list of operators and measurements.",
            )
        make: Any = cls
        tape: Self = make(
            [item for item in items if isinstance(item, Operator)],
            [item for item in items if isinstance(item, Measurement)],
            shots,
        )
        return tape

    def copy(self: Any, copy_operations: bool = False, **update: Any) -> Any:
        """Return a tape with some parts replaced.

        Parameters
        ----------
        copy_operations : bool
            Whether operators and measurements are copied; they are immutable, so it is not needed.
        **update
            ``operations`` (or ``ops``), ``measurements``, ``shots``, ``trainable_params``. With
            other operations or measurements all parameters are trainable unless they are given.

        Raises
        ------
        InvalidTape
            There is no such part.
        """
        if "ops" in update:
            update["operations"] = update.pop("ops")
        for name in update:
            if name not in PARTS:
                raise InvalidTape(
                    reason=f"{name!r} is not a part that can be replaced",
                    remedy=f"Replace one of {', '.join(PARTS)}.{suggest(name, PARTS)}",
                )
        parts = {name: getattr(self, name) for name in PARTS} | update
        if copy_operations:
            for name in ("operations", "measurements"):
                parts[name] = [copy.copy(item) for item in parts[name]]
        keeps = "trainable_params" in update or update.keys() <= {"shots"}
        return type(self)(
            parts["operations"],
            parts["measurements"],
            parts["shots"],
            parts["trainable_params"] if keeps and (self.is_chosen or update) else None,
        )

    def adjoint(self: Any) -> Any:
        """Return the tape of the adjoint: adjoints in reversed order, after state preparations."""
        count = self.num_preps
        first, rest = self.operations[:count], self.operations[count:]
        adjoints = without_recording(lambda: [item.adjoint() for item in reversed(rest)])
        return self.copy(operations=[*first, *adjoints])

    def expand(self: Any, depth: int = 1, stop_at: Callable[[Any], bool] | None = None) -> Any:
        """Return the tape with its operations decomposed.

        ``qg.decompose`` decomposes to given gates.

        Parameters
        ----------
        depth : int
            How often operations are replaced by their decompositions.
        stop_at : callable, optional
            Returns for an operation whether it stays; default: none that has a decomposition.
        """
        levels = whole_number(depth)
        if levels is None or levels < 0:
            raise InvalidTape(
                reason=f"its expansion has depth={described(depth)}",
                remedy="Give a whole number, at least 0.",
            )
        found = self.operations
        for _ in range(levels):
            parts = [_parts(operation, stop_at) for operation in found]
            operations = [part for several in parts for part in several]
            if operations == list(found):
                break
            found = operations
        return self.copy(operations=found)

    def map_to_standard_wires(self: Any) -> Any:
        """Return the tape on the wires 0, 1, ... in order of first appearance."""
        places = {label: place for place, label in enumerate(self.wires)}
        return self.copy(
            operations=[item.map_wires(places) for item in self.operations],
            measurements=[item.map_wires(places) for item in self.measurements],
            trainable_params=self.trainable_params,
        )

    def __getitem__(self: Any, index: int | slice) -> Any:
        return self.circuit[index]

    @property
    def circuit(self: Any) -> list[Any]:
        """Operations and measurements."""
        return list(self)

    @property
    def data(self: Any) -> list[Tensor]:
        """All parameters."""
        return list(self.parameters)

    @property
    def hash(self) -> int:
        """Hash of the tape."""
        return hash(self)

    @property
    def specs(self: Any) -> dict[str, Any]:
        """Counts of the circuit, ``resources``, and its ``shots``."""
        from qgate.circuit_resources import count_resources  # on use: no value needs counts

        return {
            "resources": count_resources(self.operations, self.measurements),
            "shots": self.shots,
        }

    @property
    def graph(self: Any) -> Any:
        """The circuit as a directed graph, a ``qg.CircuitGraph``."""
        from qgate.circuit_graph import CircuitGraph  # on use: no value needs a graph

        return CircuitGraph(
            self.operations, self.measurements, self.wires, self.par_info, self.trainable_params
        )

    @property
    def op_wires(self: Any) -> Wires:
        """Wires of the operations, in order of first appearance."""
        return Wires.all_wires([item.wires for item in self.operations])

    @property
    def num_preps(self: Any) -> int:
        """Number of state preparations at the beginning."""
        are = [hasattr(item, "canonical_state") for item in self.operations]
        return [*are, False].index(False)

    @property
    def par_info(self: Any) -> list[dict[str, Any]]:
        """For each parameter the operator, its position among all, and that of the parameter."""
        return [
            {"op": getattr(item, "obs", item), "op_idx": place, "p_idx": index}
            for place, item in enumerate(self)
            for index in range(len(item.parameters))
        ]

    def get_operation(self: Any, idx: int) -> tuple[Operator, int, int]:
        """Return operator, its position and that of the parameter, for a trainable parameter."""
        if not isinstance(idx, int) or not 0 <= idx < self.num_params:
            raise InvalidTape(
                reason=f"{described(idx)} is no position among its {self.num_params} trainable "
                "parameters",
                remedy="Give a position counted from 0.",
            )
        found = self.par_info[self.trainable_params[idx]]
        return found["op"], found["op_idx"], found["p_idx"]

    @property
    def samples_computational_basis(self: Any) -> bool:
        """Whether a measurement is of wires, without an observable."""
        return any(item.samples_computational_basis for item in self.measurements)

    @property
    def diagonalizing_gates(self: Any) -> list[Operator]:
        """Gates that map the eigenbasis of each observable to the computational basis."""
        return [gate for item in self.measurements for gate in item.diagonalizing_gates()]


def _parts(operation: Operator, stop_at: Callable[[Any], bool] | None) -> list[Operator]:
    """Return the decomposition of an operation, unless it has none or is to stay."""
    stays = not operation.has_decomposition or (stop_at is not None and stop_at(operation))
    return [operation] if stays else operation.decomposition()

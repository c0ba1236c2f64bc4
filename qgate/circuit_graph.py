"""Circuit as a directed graph: which operations and measurements come before which others."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from qgate.arguments import sequence_of
from qgate.circuit_resources import depth_of
from qgate.exceptions import InvalidParameters, InvalidTape, described
from qgate.measurements import Measurement
from qgate.operations.conditions import Conditional
from qgate.operations.mid_measure import MidMeasure
from qgate.operations.operator import Operator
from qgate.operations.outcome_values import uids_in
from qgate.typing import Wire, WiresLike
from qgate.wires import Wires

Node = Operator | Measurement


class Layer(NamedTuple):
    """Operations with trainable parameters of which none comes before another."""

    ops: list[Operator]
    ops_inds: list[int]
    """Positions of the operations."""

    param_inds: list[int]
    """Positions of their trainable parameters among all parameters."""


class LayerData(NamedTuple):
    """Layer with what comes before and after it."""

    pre_ops: list[Node]
    ops: list[Operator]
    param_inds: tuple[int, ...]
    post_ops: list[Node]


class CircuitGraph:
    """Graph of a circuit; ``tape.graph`` is that of a tape.

    An edge leads from each node to the next on each of its wires, and from a mid-circuit
    measurement to the operations that depend on its outcome. A node without wires, such as
    ``qg.state()``, is on all wires.

    Parameters
    ----------
    ops : sequence of Operator
        In the order of the circuit.
    obs : sequence of Measurement or Operator
    wires : wires
        Wires of the circuit.
    par_info : list of dict, optional
        ``tape.par_info``, for the layers.
    trainable_params : collection of int, optional
        Positions of trainable parameters.

    Examples
    --------
    >>> import qgate as qg
    >>> tape = qg.QuantumScript([qg.Hadamard(0), qg.CNOT([0, 1]), qg.X(2)], [qg.expval(qg.Z(1))])
    >>> tape.graph.ancestors(tape.measurements)
    [H(0), CNOT(wires=[0, 1])]
    """

    def __init__(
        self,
        ops: Sequence[Operator],
        obs: Sequence[Node],
        wires: WiresLike,
        par_info: list[dict[str, Any]] | None = None,
        trainable_params: Iterable[int] | None = None,
    ) -> None:
        self.operations = sequence_of("CircuitGraph", "ops", ops)
        self.observables = sequence_of("CircuitGraph", "obs", obs)
        for node in (*self.operations, *self.observables):
            if not isinstance(node, Operator | Measurement):
                raise InvalidParameters(
                    f"A CircuitGraph was given the node {described(node)}. Give operators and "
                    "measurements."
                )
        self.wires = Wires(wires)
        self.par_info = par_info
        self._trainable = None if trainable_params is None else set(trainable_params)
        self._nodes_on, self.edges = _edges(self.nodes, self.wires)

    def __repr__(self) -> str:
        return (
            f"<CircuitGraph: {len(self.operations)} operations, {len(self.observables)} "
            f"measurements, {self.num_wires} wires>"
        )

    @property
    def nodes(self) -> list[Node]:
        """Operations, and then measurements."""
        return [*self.operations, *self.observables]

    @property
    def trainable_params(self) -> set[int] | None:
        """Positions of trainable parameters."""
        return self._trainable

    @property
    def num_wires(self) -> int:
        """Number of wires."""
        return len(self.wires)

    @property
    def hash(self) -> int:
        """Hash of the operations and measurements."""
        return hash(tuple(self.nodes))

    def wire_indices(self, wire: Wire) -> list[int]:
        """Return the positions of the nodes on a wire."""
        return list(self._nodes_on.get(wire, ()))

    def ancestors_of_indexes(self, indexes: Iterable[int], sort: bool = False) -> list[Node]:
        """Return the nodes before those at some positions; always in the order of the circuit."""
        return self._reached(self._before, indexes)

    def descendants_of_indexes(self, indexes: Iterable[int], sort: bool = False) -> list[Node]:
        """Return the nodes after those at some positions; always in the order of the circuit."""
        return self._reached(self._after, indexes)

    def ancestors(self, ops: Iterable[Node], sort: bool = False) -> list[Node]:
        """Return the nodes before some others.

        Raises
        ------
        InvalidTape
            A single node is given, one that is not in the circuit, or one that stands there twice.
        """
        return self.ancestors_of_indexes(self._places("ancestors", ops))

    def descendants(self, ops: Iterable[Node], sort: bool = False) -> list[Node]:
        """Return the nodes after some others; errors as for ``ancestors``."""
        return self.descendants_of_indexes(self._places("descendants", ops))

    def nodes_between(self, a: Node, b: Node) -> list[Node]:
        """Return the nodes on the paths from ``a`` to ``b``, with both; none without a path."""
        first, last = self._places("nodes_between", [a, b])
        within = (self._after[first] | 1 << first) & (self._before[last] | 1 << last)
        return [node for place, node in enumerate(self.nodes) if within >> place & 1]

    def has_path_idx(self, a_idx: int, b_idx: int) -> bool:
        """Return whether a path leads from one position to another, or they are the same."""
        return a_idx == b_idx or bool(self._before[b_idx] >> a_idx & 1)

    def has_path(self, a: Node, b: Node) -> bool:
        """Return whether a path leads from one node to another, or they are the same."""
        return a is b or self.has_path_idx(*self._places("has_path", [a, b]))

    def get_depth(self) -> int:
        """Return the largest number of operations one after the other."""
        return depth_of(self.operations)

    @property
    def max_simultaneous_measurements(self) -> int:
        """Largest number of measurements on a wire."""
        wires = [wire for node in self.observables for wire in node.wires]
        return max(map(wires.count, wires), default=1)

    @property
    def parametrized_layers(self) -> list[Layer]:
        """Layers of operations with trainable parameters; the first may be empty."""
        layers = [Layer([], [], [])]
        trainable = self._trainable or ()
        for index, info in enumerate(self.par_info or ()):
            if index not in trainable:
                continue
            place = info["op_idx"]
            if any(self._before[place] >> other & 1 for other in layers[-1].ops_inds):
                layers.append(Layer([], [], []))
            layers[-1].ops.append(info["op"])
            layers[-1].ops_inds.append(place)
            layers[-1].param_inds.append(index)
        return layers

    def iterate_parametrized_layers(self) -> Iterator[LayerData]:
        """Yield the layers with what comes before and after them."""
        for ops, places, parameters in self.parametrized_layers:
            before, after = self.ancestors_of_indexes(places), self.descendants_of_indexes(places)
            yield LayerData(before, ops, tuple(parameters), after)

    def __str__(self) -> str:
        operations, observables = (
            "\n".join(map(repr, nodes)) for nodes in (self.operations, self.observables)
        )
        return f"Operations\n==========\n{operations}\n\nObservables\n===========\n{observables}\n"

    # Sets of nodes are whole numbers, with a bit for each position ---------------------------

    @cached_property
    def _before(self) -> list[int]:
        found = [0] * len(self.nodes)
        for start, end in self.edges:  # in the order of their ends
            found[end] |= found[start] | 1 << start
        return found

    @cached_property
    def _after(self) -> list[int]:
        found = [0] * len(self.nodes)
        for start, end in sorted(self.edges, reverse=True):
            found[start] |= found[end] | 1 << end
        return found

    def _reached(self, sets: Sequence[int], indexes: Iterable[int]) -> list[Node]:
        union = 0
        for index in indexes:
            union |= sets[index]
        return [node for place, node in enumerate(self.nodes) if union >> place & 1]

    def _places(self, owner: str, ops: Iterable[Node]) -> list[int]:
        if isinstance(ops, Operator | Measurement):
            raise InvalidTape(
                reason=f"{owner} was given the single node {described(ops)}",
                remedy="Give a list of operators and measurements.",
            )
        places: dict[int, list[int]] = {}
        for place, node in enumerate(self.nodes):
            places.setdefault(id(node), []).append(place)
        found = [places.get(id(op), []) for op in ops]
        for op, at in zip(ops, found, strict=True):
            if len(at) != 1:
                times = "twice or more often" if at else "not"
                raise InvalidTape(
                    reason=f"{described(op)} stands {times} in the circuit",
                    remedy="Give objects of its operations, or call the function for positions.",
                )
        return [at for (at,) in found]


def _edges(
    nodes: Sequence[Node], wires: Wires
) -> tuple[Mapping[Wire, list[int]], list[tuple[int, int]]]:
    """Return the positions on each wire, and the edges in the order of their ends."""
    on: dict[Wire, list[int]] = {}
    measured: dict[Hashable, int] = {}
    edges: dict[tuple[int, int], None] = {}
    for place, node in enumerate(nodes):
        if isinstance(node, MidMeasure):
            measured[node.meas_uid] = place
        for wire in node.wires or wires:
            if wire in on:
                edges[on[wire][-1], place] = None
            on.setdefault(wire, []).append(place)
        if isinstance(node, Conditional):
            edges.update(((measured[uid], place), None) for uid in uids_in(node.node))
    return on, list(edges)

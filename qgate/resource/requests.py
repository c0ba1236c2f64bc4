"""Submissions of a value and of a gradient, recorded without sending them.

A call runs under a planner that records its first request and then ends the call, so that nothing
is simulated. Only within a budget does the call go on, with zeros as outcomes, because its later
requests follow from the earlier ones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from threading import get_ident
from typing import TYPE_CHECKING, Any

import numpy as np

from qgate.arrays import trainable_among, unwrap
from qgate.autodiff.choose_method import choose_method
from qgate.autodiff.evaluate import evaluate
from qgate.autodiff.method import Method, parse_method
from qgate.autodiff.returns import leaves
from qgate.context import entered
from qgate.devices.compiled import CompiledCircuit, quantity
from qgate.devices.job import SweepResult
from qgate.gradients.registry import METHODS
from qgate.interfaces.choice import chooser
from qgate.jobs.planning import Collector
from qgate.jobs.submission_request import SubmissionRequest
from qgate.levels import evaluated
from qgate.operations.operator import ParameterKind
from qgate.prices import Price
from qgate.structure import Structure
from qgate.sweep import Sweep
from qgate.tape import Tape

if TYPE_CHECKING:
    from qgate.devices.base import Device
    from qgate.qnode import QNode


@dataclass(frozen=True, slots=True)
class RequestCounts:
    """Counts of what a call submits.

    Parameters
    ----------
    submissions : int
        Number of requests to the provider.
    circuits : int
        Number of different circuits, one for each measurement basis.
    rows : int
        Number of circuits with numbers in place of their parameters.
    shots : int
        Number of shots of all rows; 0: exact.
    price : Price or None
        US dollars; None: unknown.
    """

    submissions: int
    circuits: int
    rows: int
    shots: int
    price: Price | None

    def __str__(self) -> str:
        parts = [
            quantity(self.submissions, "submission"),
            quantity(self.circuits, "circuit"),
            quantity(self.rows, "row"),
            quantity(self.shots, "shot") if self.shots else "exact",
            "" if self.price == Price() else str(self.price or "price unknown"),
        ]
        return ", ".join(filter(None, parts))

    @classmethod
    def total(cls, several: Sequence[RequestCounts]) -> RequestCounts:
        """Return the counts of several calls together."""
        prices = [each.price for each in several if each.price is not None]
        known = len(prices) == len(several)
        return cls(
            sum(each.submissions for each in several),
            sum(each.circuits for each in several),
            sum(each.rows for each in several),
            sum(each.shots for each in several),
            sum(prices, Price()) if known else None,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the counts as a dictionary."""
        return asdict(self)


class Recorded(Exception):  # no error: it ends a call whose request is known
    """End of a call of which the first request is recorded."""


class Requests(Collector):
    """Planner that keeps the requests of a call.

    Parameters
    ----------
    once : bool
        Whether the call ends at its first request.
    """

    def __init__(self, *, once: bool) -> None:
        super().__init__()
        self.once = once
        self._thread = get_ident()
        self.made: list[tuple[Device, SubmissionRequest]] = []

    def answer(
        self, device: Device, requests: Sequence[SubmissionRequest]
    ) -> list[Sequence[SweepResult]] | None:
        """Record submissions; return zeros, or end the call.

        A plan holds for all threads. None: another thread runs circuits meanwhile, which are sent.
        """
        if self.once and get_ident() != self._thread:
            return None
        self.made += [(device, request) for request in requests]
        if not self.once:
            return super().answer(device, requests)
        self.record(device, requests)
        raise Recorded

    def of(self, call: Callable[[], object]) -> None:
        """Record the requests of a call."""
        try:
            with entered(plan=self):
                call()
        except Recorded:
            return

    @property
    def counts(self) -> RequestCounts:
        """Counts of all submissions."""
        return RequestCounts.total(
            [
                RequestCounts(1, entry.circuits, entry.rows, entry.shots, entry.price)
                for entry in self.entries
            ]
        )

    def compiled(self) -> tuple[CompiledCircuit, ...]:
        """Return the circuit of each structure as its device runs it, without canary circuits."""
        sweeps: dict[tuple[Device, Structure], Sweep] = {}
        for device, request in self.made:
            for sweep in request.asked:
                sweeps.setdefault((device, sweep.structure), sweep)
        return tuple(
            circuit for (device, _), sweep in sweeps.items() for circuit in device.compiled([sweep])
        )


def requests_of_value(tapes: Sequence[Tape], device: Device) -> Requests:
    """Return the requests of the values of tapes, which run together."""
    made = Requests(once=all(tape.shots.budget is None for tape in tapes))
    plain = [_with_numbers(tape) for tape in tapes]
    made.of(lambda: evaluate(plain, device, None, interface=None))
    return made


def requests_of_gradient(tapes: Sequence[Tape], qnode: QNode) -> RequestCounts | None:
    """Return the counts of the values and all first derivatives of tapes together.

    Derivatives are by the trainable parameters; if there are none, by all angles. They are counted
    as with autograd, which requests values and derivatives together. None: nothing can be trained.

    Raises
    ------
    DifferentiationError
        The gradient method cannot differentiate a circuit.
    """
    methods = [method_of(tape, qnode) for tape in tapes]
    if not any(map(trained, tapes)) or None in methods:
        return None
    if all(map(_by_device, methods)) and not any(tape.shots for tape in tapes):
        return requests_of_value(tapes, qnode.device).counts
    made = Requests(once=all(tape.shots.budget is None for tape in tapes))
    made.of(lambda: _differentiated(tapes, qnode))
    return made.counts


def trained(tape: Tape) -> list[int]:
    """Return the positions of the parameters to differentiate by: the trainable, or all angles."""
    marked = list(trainable_among(tape.parameters))
    angles = enumerate(tape.parameter_kinds)
    return marked or [index for index, kind in angles if kind is ParameterKind.ANGLES]


def method_of(tape: Tape, qnode: QNode) -> Method | None:
    """Return the gradient method that differentiates a tape; None: the QNode has none."""
    method = parse_method(qnode.diff_method, qnode.gradient_kwargs)
    if method is None:
        return None
    chosen = tape.with_trainable(trained(tape))
    return choose_method(method, *evaluated(chosen, qnode.device, method), 1)


def _by_device(method: Method | None) -> bool:
    """Return whether the device differentiates its state, in one run."""
    row = METHODS[method.name] if method is not None and method.transform is None else None
    return row is not None and row.shifts is None and row.circuits is None


def _with_numbers(tape: Tape) -> Tape:
    """Return a tape with numpy's numbers in place of those of a framework."""
    values = [unwrap(value) for value in tape.parameters]
    return tape.bind_new_parameters(values, range(len(values)))


def _differentiated(tapes: Sequence[Tape], qnode: QNode) -> None:
    """Differentiate the results of tapes by autograd."""
    plain, indices = [_with_numbers(tape) for tape in tapes], [trained(tape) for tape in tapes]
    node = qnode.update(interface="autograd")

    def results(*values: Any) -> Any:
        given = iter(values)
        bound = [
            tape.bind_new_parameters([next(given) for _ in positions], positions)
            for tape, positions in zip(plain, indices, strict=True)
        ]
        return sum(np.sum(entry) for entry in leaves(list(node.run(bound))))

    interface = chooser("autograd")([])
    assert interface is not None  # it was named
    pairs = zip(plain, indices, strict=True)
    values = [np.asarray(tape.parameters[at]) * 1.0 for tape, places in pairs for at in places]
    interface.jacobian(results, tuple(range(len(values))))(*values)

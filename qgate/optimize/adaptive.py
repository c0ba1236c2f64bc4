"""Adaptive circuits: append the gate of a pool with the largest derivative."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qgate import operations
from qgate.arguments import sequence_of
from qgate.exceptions import InvalidOptimizerOption
from qgate.numpy.tensors import tensor
from qgate.operations.operator import Operator, require_operators
from qgate.optimize.arguments import Arguments
from qgate.optimize.base import Optimizer
from qgate.optimize.objective import Objective
from qgate.optimize.options import count, flags, positive
from qgate.qnode import QNode
from qgate.recording import record
from qgate.sizes import MOST_STEPS
from qgate.typing import FloatArray, Nested, Tensor

Grown = tuple[str, tuple[Nested, ...], tuple[float, ...]]
"""Name of a gate, its wires and its parameters."""


@dataclass(frozen=True)
class Growth:
    """The gates that were appended, in order."""

    gates: tuple[Grown, ...] = ()


class AdaptiveOptimizer(Optimizer[Growth]):
    """Optimizer that appends the gate with the largest derivative, and optimizes its angle.

    Parameters
    ----------
    param_steps : int
        Number of steps of gradient descent for each new gate.
    stepsize : float
        Of these steps.

    Raises
    ------
    InvalidOptimizerOption

    Notes
    -----
    Cost: one submission for the derivatives of the whole pool, and ``param_steps`` more, if the
    gradient of the device takes one submission. The value before the step is included if the angles
    of the pool are 0; otherwise it is one more. Reference: Grimsley et al., Nat. Commun. 10, 3007
    (2019).

    Examples
    --------
    >>> @qg.qnode("local")
    ... def circuit():
    ...     return qg.expval(qg.Z(0) + qg.X(1))
    >>> pool = [qg.RY(0.1, wires=0), qg.RY(0.1, wires=1)]
    >>> circuit, energy, slope = AdaptiveOptimizer().step_and_cost(circuit, pool)
    >>> print(energy, slope.round(6), circuit.construct((), {}).operations[0].name)
    1.0 0.995004 RY
    """

    state_class = Growth
    changes_arguments = False

    def __init__(self, param_steps: int = 10, stepsize: float = 0.5) -> None:
        count(self.name, least=0, most=MOST_STEPS, param_steps=param_steps)
        positive(self.name, stepsize=stepsize)
        self.param_steps, self.stepsize = param_steps, stepsize
        super().__init__()

    def grown(self, circuit: QNode) -> QNode:
        """Return a circuit with all gates appended that this optimizer has chosen."""
        gates = [
            getattr(operations, name)(*parameters, wires=wires)
            for name, wires, parameters in self.state.gates
        ]
        return _appended(circuit, gates)

    def step(
        self,
        circuit: QNode,
        operator_pool: Sequence[Operator],
        params_zero: bool = True,
        *,
        drain_pool: bool = False,
    ) -> QNode:
        """Take one step, and return the grown circuit."""
        return self.step_and_cost(
            circuit, operator_pool, drain_pool=drain_pool, params_zero=params_zero
        )[0]

    def step_and_cost(
        self,
        circuit: QNode,
        operator_pool: Sequence[Operator],
        drain_pool: bool = False,
        params_zero: bool = True,
    ) -> tuple[QNode, np.float64, np.float64]:
        """Append a gate; return the circuit, the value before, and the largest derivative.

        Parameters
        ----------
        circuit : QNode
            Takes no arguments; returns one real number.
        operator_pool : sequence of Operator
            Gates; the derivatives by their first parameters are taken at their values.
        drain_pool : bool
            Whether to skip gates that the circuit already has on the same wires.
        params_zero : bool
            Whether the angle of the new gate starts at 0, or at its value in the pool.

        Returns
        -------
        circuit : QNode
            With the new gate, whose angle is fixed from then on.
        cost : float
            Value of the given circuit.
        slope : float
            Largest absolute value of a derivative.

        Raises
        ------
        UnsuitableObjective
            It is not a QNode.
        InvalidOptimizerOption
            No gate with a parameter is left in the pool, or ``drain_pool`` or ``params_zero`` has
            no truth value.
        """
        objective = Objective(circuit, {}, self.name)
        if not objective.is_qnode:
            raise objective.refused(
                "it is not a QNode, so no gate can be appended to it", "Give a single QNode."
            )
        flags(self.name, drain_pool=drain_pool, params_zero=params_zero)
        pool = self._pool(circuit, operator_pool, drain=drain_pool)
        angles = tensor([float(gate.parameters[0]) for gate in pool])
        value, slopes = self._slopes(circuit, pool, angles)
        cost = objective.values([()])[0] if np.any(angles) or value is None else value
        best = int(np.argmax(np.abs(slopes)))
        angle = self._descended(circuit, pool[best], 0.0 if params_zero else float(angles[best]))
        chosen = _with_angle(pool[best], angle)
        parameters = tuple(map(float, chosen.parameters))
        new = (chosen.name, tuple(chosen.wires), parameters)
        self.state = Growth((*self.state.gates, new))
        return _appended(circuit, [chosen]), cost, np.abs(slopes)[best]

    def _pool(self, circuit: QNode, pool: Sequence[Operator], *, drain: bool) -> list[Operator]:
        there = circuit.construct((), {}).operations if drain else []
        used = {(gate.name, tuple(gate.wires)) for gate in there}
        offered = sequence_of(self.name, "operator_pool", pool)
        require_operators(self.name, *offered)
        left = [
            gate
            for gate in offered
            if gate.parameters and (gate.name, tuple(gate.wires)) not in used
        ]
        if not left:
            raise InvalidOptimizerOption(
                optimizer=self.name,
                option="operator_pool",
                value=offered,
                needed="a sequence of gates with a parameter, of which the circuit does not have "
                "all already where drain_pool is set",
            )
        return left

    def _slopes(
        self, circuit: QNode, pool: Sequence[Operator], angles: Tensor
    ) -> tuple[np.float64 | None, FloatArray]:
        """Return the value and the derivatives with these gates appended at these angles."""
        node = _with_angles(circuit, pool)
        arguments = Arguments.of((angles,), optimizer=self.name)
        return Objective(node, {}, self.name).value_and_gradient(arguments)

    def _descended(self, circuit: QNode, gate: Operator, angle: float) -> float:
        """Return the angle of a gate after gradient descent."""
        for _ in range(self.param_steps):
            _, slope = self._slopes(circuit, [gate], tensor([angle]))
            angle -= self.stepsize * float(slope[0])
        return angle


def _with_angles(circuit: QNode, gates: Sequence[Operator]) -> QNode:
    """Return the circuit with gates appended, as a function of their first parameters."""
    function = circuit.func

    def grown(angles: Tensor) -> Nested:
        returned = function()
        for at, gate in enumerate(gates):
            record(_with_angle(gate, angles[at]))
        return returned

    return circuit.update(func=grown)


def _appended(circuit: QNode, gates: Sequence[Operator]) -> QNode:
    function = circuit.func

    def grown() -> Nested:
        returned = function()
        for gate in gates:
            record(gate)
        return returned

    return circuit.update(func=grown)


def _with_angle(gate: Operator, angle: Tensor) -> Operator:
    return gate.with_parameters([angle, *gate.parameters[1:]])

"""Riemannian gradient descent on the group of unitaries."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from qgate.exceptions import described
from qgate.measurements import MeasurementKind
from qgate.operations import PauliRot, PauliSum, evolve
from qgate.optimize.base import Optimizer
from qgate.optimize.objective import Objective
from qgate.optimize.options import count, flags, positive
from qgate.qnode import QNode
from qgate.recording import paused
from qgate.tape import Tape
from qgate.templates import ApproxTimeEvolution
from qgate.typing import FloatArray, Nested
from qgate.wires import Wires

FEW_WIRES = 4
"""Maximum number of wires on which all Pauli words are measured without a warning."""


@dataclass(frozen=True, eq=False)
class Flows:
    """Gradients that the circuit was evolved by, in order."""

    weights: tuple[FloatArray, ...] = ()  # (T,) each, a number for each Pauli word


class RiemannianGradientOptimizer(Optimizer[Flows]):
    r"""Optimizer that appends the flow along the gradient on the group of unitaries to a circuit.

    For every Pauli word :math:`P_j`, :math:`\omega_j = \langle H\rangle_{+\pi/2} -
    \langle H\rangle_{-\pi/2}` where the circuit is followed by :math:`e^{\mp i\pi P_j/4}`; a step
    appends :math:`e^{-i\eta G}` with :math:`G = -\sum_j\omega_j P_j`.

    Parameters
    ----------
    circuit : QNode
        Takes no arguments, and returns the expectation value of a sum of Pauli words.
    stepsize : float
        :math:`\eta`.
    restriction : PauliSum, optional
        Pauli words to use; default all :math:`4^n`.
    exact : bool
        Whether the exponential is exact, as a matrix; else a Trotter product.
    trottersteps : int
        Number of factors of the Trotter product.

    Raises
    ------
    InvalidOptimizerOption, UnsuitableObjective

    Warns
    -----
    UserWarning
        The circuit has more than 4 wires, and there is no restriction.

    Notes
    -----
    Cost: one submission of 2T circuits for T Pauli words, which includes the value.
    Reference: Wiersema, Killoran, Phys. Rev. A 107, 062421 (2023).

    Examples
    --------
    >>> @qg.qnode("local")
    ... def circuit():
    ...     qg.RY(0.5, wires=0)
    ...     return qg.expval(1.0 * qg.X(0))
    >>> optimizer = RiemannianGradientOptimizer(circuit, stepsize=0.1)
    >>> for _ in range(20):
    ...     evolved, value = optimizer.step_and_cost()
    >>> bool(evolved() < -0.99)
    True
    """

    state_class = Flows
    changes_arguments = False

    def __init__(
        self,
        circuit: QNode,
        stepsize: float = 0.01,
        restriction: PauliSum | None = None,
        exact: bool = False,
        trottersteps: int = 1,
    ) -> None:
        positive(self.name, stepsize=stepsize)
        count(self.name, trottersteps=trottersteps)
        flags(self.name, exact=exact)
        self._objective = Objective(circuit, {}, self.name)
        self.stepsize, self.exact, self.trottersteps = stepsize, exact, trottersteps
        tape = self._checked(circuit)
        self.wires = tape.wires if circuit.device.wires is None else circuit.device.wires
        self.words = self._words(restriction, self.wires)
        self._start = circuit.update(diff_method=None)
        super().__init__()

    @property
    def circuit(self) -> QNode:
        """The circuit with all steps so far."""
        flows, start = self.state.weights, self._start.func

        def evolved() -> Nested:
            returned = start()
            for weights in flows:
                self._flow(weights)
            return returned

        return self._start.update(func=evolved)

    def step(self) -> QNode:
        """Take one step, and return the evolved circuit."""
        return self.step_and_cost()[0]

    def step_and_cost(self) -> tuple[QNode, np.float64]:
        """Take one step; return the evolved circuit and the value before the step.

        Returns
        -------
        circuit : QNode
        cost : float
        """
        tape = self.circuit.single_tape((), {})
        turned = [self._turned(tape, word, s * np.pi / 2) for s in (1, -1) for word in self.words]
        results = self._start.run([tape, *turned])
        cost, *values = (self._objective.number(result) for result in results)
        plus, minus = np.reshape(values, (2, -1))
        self.state = Flows((*self.state.weights, minus - plus))
        return self.circuit, cost

    def _turned(self, tape: Tape, word: str, angle: float) -> Tape:
        with paused():
            turn = PauliRot(angle, word, wires=self.wires)
        return Tape([*tape.operations, turn], tape.measurements, tape.shots)

    def _flow(self, weights: FloatArray) -> None:
        """Apply the flow along one gradient."""
        used = np.flatnonzero(weights)
        if not len(used):
            return
        words = [self.words[at] for at in used.tolist()]
        gradient = PauliSum.from_words(weights[used], words, self.wires)
        if self.exact:
            evolve(gradient, self.stepsize)
        else:
            ApproxTimeEvolution(gradient, self.stepsize, self.trottersteps)

    def _checked(self, circuit: Any) -> Tape:
        remedy = "Give a QNode without arguments that returns qg.expval of a sum of Pauli words."
        if not isinstance(circuit, QNode):
            raise self._objective.refused("it is not a QNode", remedy)
        tape = circuit.single_tape((), {})
        (measured, *others) = tape.measurements
        means = measured.kind is MeasurementKind.EXPVAL and not others
        if not means or not isinstance(measured.observable, PauliSum):
            raise self._objective.refused(f"it returns {tape.measurements}", remedy)
        return tape

    def _words(self, restriction: Any, wires: Wires) -> Sequence[str]:
        if restriction is not None:
            if not isinstance(restriction, PauliSum):
                raise self._objective.refused(
                    f"restriction={described(restriction)} is not a sum of Pauli words",
                    "Give one, for example qg.X(0) + qg.Z(0) @ qg.Z(1).",
                )
            return restriction.expanded(wires).words
        if len(wires) > FEW_WIRES:
            warnings.warn(
                f"{self.name} measures all {4 ** len(wires)} Pauli words on {len(wires)} wires in "
                "each step. Name the relevant ones with restriction=.",
                UserWarning,
                stacklevel=3,
            )
        return ["".join(letters) for letters in itertools.product("IXYZ", repeat=len(wires))]


LieAlgebraOptimizer = RiemannianGradientOptimizer

"""Circuit of a step with adaptive shots: its observable, its parameters and its shifted points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from qgate.gradients.classical_jacobian import ClassicalPart
from qgate.measurements import MeasurementKind
from qgate.optimize.arguments import Arguments
from qgate.optimize.budget_shots import BudgetShots
from qgate.optimize.objective import Objective
from qgate.optimize.requests import by_arrays
from qgate.optimize.single_shots import Points, Terms
from qgate.typing import FloatArray, Function, Nested


@dataclass(frozen=True, eq=False)
class AdaptiveCircuit:
    """An objective at some arguments, split into observable, classical part and points."""

    objective: Objective
    arguments: Arguments
    terms: Terms  # of the observable
    classical: ClassicalPart
    points: Points  # at which its derivatives are measured

    @classmethod
    def of(
        cls,
        function: Function,
        args: Sequence[Nested],
        kwargs: Mapping[str, Nested],
        optimizer: str,
    ) -> AdaptiveCircuit:
        """Split an objective.

        Raises
        ------
        NothingTrainable
        UnsuitableObjective
            It is not a QNode with shots that returns one expectation value.
        """
        objective = Objective(function, kwargs, optimizer)
        arguments = Arguments.of(args, optimizer=optimizer)
        terms = _terms(objective, arguments)
        node = by_arrays(objective, arguments)
        classical = ClassicalPart.of(node, range(len(arguments.arrays)), arguments.arrays, {})
        points = Points.of(objective.tape(args), classical)
        return cls(objective, arguments, terms, classical, points)

    @property
    def device(self) -> Nested:
        """Device of the QNode."""
        return self.objective.qnode.device

    def budgeted(self) -> BudgetShots:
        """Return it for a budgeted allocation; raises UnsupportedEstimate."""
        tape = self.objective.tape(self.arguments.args)
        return BudgetShots.of(tape, self.classical, self.device, self.objective.seed)

    def expected_gain(self, budget: BudgetShots) -> float:
        """Return the number of shots with groups, relative to a budget, before any measurement."""
        return self.gain(
            budget.expected_error(),
            shots=np.ones(self.arguments.size),
            variance=budget.expected_group_variance(),
        )

    def gain(self, error: float, *, shots: FloatArray, variance: FloatArray) -> float:
        """Return the number of shots with groups, relative to a budget, for the same error.

        It is the ratio of shots times errors, which do not depend on the number of shots. With a
        budget, ``error`` is the squared error of all derivatives times the shots. With groups,
        ``shots`` (p,) are those of each derivative in each of its circuits, and ``variance`` (p,)
        its one-shot variance.
        """
        every = len(self.terms.groups) * float(self.points.shots(shots).sum())
        groups = every * float((variance / shots).sum())
        return groups / error if groups > 0 and error > 0 else 1.0


def _terms(objective: Objective, arguments: Arguments) -> Terms:
    remedy = "Give a QNode with shots that returns qg.expval of one observable."
    if not objective.is_qnode:
        raise objective.refused("it is not a QNode, so its shots cannot be chosen", remedy)
    tape = objective.tape(arguments.args)
    if not tape.shots:
        raise objective.refused("it is exact, and there are no shots to be chosen", remedy)
    (measured, *others) = tape.measurements
    if others or measured.kind is not MeasurementKind.EXPVAL or measured.obs is None:
        raise objective.refused(f"it returns {tape.measurements}", remedy)
    return Terms.of(measured.obs)

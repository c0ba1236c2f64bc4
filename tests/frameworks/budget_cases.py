"""Cases of QNodes with a budget of shots, for every framework."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np
import pytest
from framework_cases import X, Y, circuit, energy, qnode, reference

import qgate as qg
from qgate import numpy as qnp
from qgate.exceptions import UnsupportedDiffMethod, UnsupportedEstimate

SHOTS = 6000

Both = Callable[[Any], tuple[Any, Any]]
"""From a QNode to its value and its gradient by the first argument, at X and Y, as numpy arrays."""


def budgeted(measure: Callable[[], Any] = energy, **options: Any) -> qg.QNode:
    """Return the circuit with a budget, on a new device."""
    return qnode(measure, qg.device("local", seed=9), shots=qg.Budget(shots=SHOTS), **options)


class BudgetCases:
    """Cases for one framework.

    A subclass sets ``ways``: how a value and its gradient are computed, by name; ``values``: how
    a value alone is; ``second``: how a QNode is differentiated twice; ``opaque``: ways whose
    compiler puts its own error in place of one that is raised while it traces.
    """

    ways: Mapping[str, Both]
    values: Mapping[str, Callable[[Any], Any]]
    second: Callable[[Any], Any]
    opaque: Collection[str] = ()

    def test_a_value_and_its_gradient_share_one_budget(self) -> None:
        errors = qg.gradient_estimate(budgeted())(qnp.array(X, requires_grad=True), Y)
        exact = float(qnode(energy)(X, Y))
        for way in self.ways.values():
            node = budgeted()

            with qg.Tracker(node.device) as tracker:
                value, gradient = way(node)

            assert 0.9 * SHOTS < tracker.totals["shots"] <= SHOTS
            assert 1 <= tracker.totals["submissions"] <= 3
            assert abs(value - exact) < 6 * errors.value_error
            assert (
                np.abs(gradient - reference(energy, 0)) < 6 * np.asarray(errors.standard_error)
            ).all()

    def test_mitigation_has_its_added_rows_within_the_budget(self) -> None:
        node = budgeted(mitigation="zne")
        errors = qg.gradient_estimate(node)(qnp.array(X, requires_grad=True), Y)
        exact = float(qnode(energy)(X, Y))
        for way in self.ways.values():
            with qg.Tracker(node.device) as tracker:
                value, gradient = way(node)

            assert tracker.totals["shots"] <= SHOTS
            assert abs(value - exact) < 8 * errors.value_error
            assert gradient.shape == np.shape(X)
            assert (
                np.abs(gradient - reference(energy, 0)) < 8 * np.asarray(errors.total_error)
            ).all()

    def test_each_call_has_a_budget_and_samples_of_its_own(self) -> None:
        for way in self.ways.values():
            node = budgeted()

            with qg.Tracker(node.device) as tracker:
                found = [way(node)[1] for _ in range(2)]

            assert tracker.totals["shots"] <= 2 * SHOTS
            assert not np.array_equal(*found)

    def test_a_value_alone_gets_all_shots(self) -> None:
        """A twentieth, its share next to a gradient, would have an error of 0.06."""
        exact = float(qnode(energy)(X, Y))
        for way in self.values.values():
            node = budgeted()

            with qg.Tracker(node.device) as tracker:
                found = [float(way(node)) for _ in range(8)]

            assert tracker.totals["shots"] <= 8 * SHOTS
            assert np.sqrt(np.mean((np.array(found) - exact) ** 2)) < 0.03

    @pytest.mark.parametrize("method", ["finite-diff", "spsa"])
    def test_differences_share_the_budget_with_the_value(self, method: str) -> None:
        for way in self.ways.values():
            node = budgeted(diff_method=method)

            with qg.Tracker(node.device) as tracker:
                _, gradient = way(node)

            assert tracker.totals["shots"] <= SHOTS
            assert 1 <= tracker.totals["submissions"] <= 3
            if method == "finite-diff":
                np.testing.assert_allclose(gradient, reference(energy, 0), atol=0.6)

    def test_second_derivatives_are_refused(self) -> None:
        with pytest.raises(UnsupportedDiffMethod, match="Give a plain number of shots for higher"):
            type(self).second(budgeted())

    @pytest.mark.parametrize("method", ["adjoint", "hadamard"])
    def test_methods_that_do_not_shift_are_refused(self, method: str) -> None:
        for name, way in self.ways.items():
            node = budgeted(diff_method=method)
            expected = Exception if name in self.opaque else UnsupportedDiffMethod

            with qg.Tracker(node.device) as tracker, pytest.raises(expected):
                way(node)

            assert not tracker.totals.get("shots")

    def test_single_shots_are_refused(self) -> None:
        def samples(x: Any, y: Any) -> Any:
            circuit(x, y)
            return qg.sample(wires=[0, 1])

        node = qg.QNode(samples, "local", shots=qg.Budget(shots=SHOTS))

        for way in self.values.values():
            with pytest.raises(UnsupportedEstimate, match="sample"):
                way(node)

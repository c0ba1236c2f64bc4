"""Values and gradients within a budget."""

import numpy as np
import pytest

import qgate as qg
from qgate.autodiff.budget_derivatives import BudgetDerivatives
from qgate.autodiff.result_layout import ResultLayout
from qgate.autodiff.trainable_sweep import TrainableSweep
from qgate.gradients.registry import METHODS
from qgate.shots import Shots
from qgate.tape import Tape

X = np.array([[0.3, 0.7]])
SHOTS = 4000


def estimated(method, **options):
    tape = Tape([qg.RX(0.3, 0), qg.RY(0.7, 0)], [qg.expval(qg.Z(0))])
    sweep, device = tape.sweep(), qg.device("local?seed=5")
    return BudgetDerivatives(
        TrainableSweep(sweep, (0, 1)),
        device,
        layout=ResultLayout.of(sweep, device),
        shots=Shots.of(qg.Budget(shots=SHOTS)),
        method=method,
        options={},
        **options,
    )


def test_without_a_method_the_value_gets_the_whole_budget():
    derivatives = estimated(None, keeps_gradient=True)

    with qg.Tracker() as tracker:
        found = derivatives.compute(0, 0, X)

    assert list(found) == [0]
    assert tracker.totals["shots"] == SHOTS
    assert found[0] == pytest.approx(np.cos(0.3) * np.cos(0.7), abs=5 / np.sqrt(SHOTS))


def test_a_gradient_that_is_kept_costs_nothing_when_it_is_requested():
    derivatives = estimated(METHODS["parameter-shift"], keeps_gradient=True)

    with qg.Tracker() as tracker:
        derivatives(0, X)
        slopes = derivatives(1, X, ticket=1)

    assert slopes.shape == (1, 1, 2)
    assert tracker.totals["shots"] <= SHOTS

"""Thousands of gradients from few shots: unbiased, with correct standard errors."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

import qgate as qg
from qgate import numpy as qnp
from qgate.execution.execute import execute_sweeps
from qgate.gradients.classical_jacobian import ClassicalPart
from qgate.gradients.parameter_shift import parameter_shift
from qgate.measurements import Measurement, MeasurementKind
from qgate.shot_allocation.design import Design, plan
from qgate.shot_allocation.estimation_request import estimation_request, limits_of, with_constants
from qgate.shot_allocation.rounds import measure_in_rounds
from qgate.shot_allocation.samples import BasisSamples
from qgate.structure import Structure

X = qnp.array([0.4, -0.7, 1.1], requires_grad=True)
OBSERVABLE = qg.Hamiltonian(
    [0.5, -0.8, 0.3, 0.6, 0.2],
    [qg.Z(0), qg.Z(0) @ qg.Z(1), qg.X(0) @ qg.X(1), qg.Y(1), qg.X(1) @ qg.Z(2)],
)
ESTIMATES = 2000
CIRCUITS = 24
"""Shifted rows times bases, each of which is measured."""


def circuit(x):
    qg.RY(x[0], 0)
    qg.CNOT([0, 1])
    qg.RX(2 * x[1], 1)
    qg.SingleExcitation(x[2], wires=[1, 2])
    return qg.expval(OBSERVABLE)


NODE = qg.QNode(circuit, "local")
TRUTH = np.asarray(qg.grad(NODE)(X))


class Known:
    """The gradient as a problem, with the exact outcome distribution of each circuit."""

    def __init__(self):
        part = ClassicalPart.of(NODE, None, (X,), {})
        constant = with_constants(NODE.construct((np.asarray(X),), {}).sweep(), NODE.device)
        shifted = parameter_shift(constant.structure, tuple(part.slots.tolist()))
        jacobian = np.asarray(part.flat(0), dtype=float).T
        asked = estimation_request(constant, shifted, values=False, jacobian=jacobian)
        self.problem, self.measurement_plan = asked.problem, asked.measurement_plan
        native = shifted.decomposed.sweep(constant)
        native = native.with_rows(self.measurement_plan.at(native.rows)[0], None)
        read = Measurement(MeasurementKind.PROBS, wires=self.measurement_plan.observed.wires)
        self.distributions = []
        for basis in self.measurement_plan.bases.members:
            structure = Structure(
                (*native.structure.operations, *basis.gates),
                (read,),
                native.structure.num_slots,
                native.structure.num_arrays,
            )
            (found,) = execute_sweeps([replace(native, structure=structure)], NODE.device)
            self.distributions.append(np.asarray(found[0]) / found[0].sum(axis=1, keepdims=True))

    def estimates(self, shots, rounds, kind=Design):
        """Return ``ESTIMATES`` gradients and their standard errors, (ESTIMATES, 3) each."""
        random, limits = np.random.default_rng(1), limits_of(NODE.device)
        bases = self.measurement_plan.bases

        def measure(counts):
            return [
                BasisSamples(basis, np.arange(8), random.multinomial(column, chances).astype(float))
                for basis, column, chances in zip(
                    bases.members, counts.T, self.distributions, strict=True
                )
            ]

        design = plan(self.problem, bases, shots, limits)
        assert ((design.planned > 0).sum()) == CIRCUITS
        design = kind(design.readable, design.planned, design.chances)
        found = [
            measure_in_rounds(
                self.problem, bases, design, measure, random, shots=shots, rounds=rounds
            ).estimated
            for _ in range(ESTIMATES)
        ]
        gradients = np.array([each.outputs for each in found])
        return gradients, np.sqrt([np.diag(each.covariance) for each in found])


KNOWN = Known()


@cache
def estimates(shots, rounds):
    """Return the gradients of the circuit, drawn once for all tests."""
    return KNOWN.estimates(shots, rounds)


class AlwaysMany(Design):
    def has_many(self, shots, least=1):
        return True


class NeverMany(Design):
    def has_many(self, shots, least=1):
        return False


def squared_error(gradients):
    return ((gradients - TRUTH) ** 2).sum(axis=1).mean()


def test_measured_variances_raise_the_error_with_few_shots_and_lower_it_with_many():
    few, many = 2 * CIRCUITS, 20 * CIRCUITS

    with_few, with_many = (
        squared_error(estimates(few, None)[0]),
        squared_error(estimates(many, None)[0]),
    )
    relied_on = squared_error(KNOWN.estimates(few, None, AlwaysMany)[0])
    left_aside = squared_error(KNOWN.estimates(many, None, NeverMany)[0])

    assert with_few < relied_on
    assert with_many < left_aside


@pytest.mark.parametrize("shots", [CIRCUITS // 2, 2 * CIRCUITS, 20 * CIRCUITS])
def test_one_round_is_right_on_average_at_any_number_of_shots(shots):
    gradients, _ = estimates(shots, 1)

    scores = (gradients.mean(axis=0) - TRUTH) / (gradients.std(axis=0) / ESTIMATES**0.5)
    assert np.abs(scores).max() < 4.5


def test_the_bias_of_later_rounds_is_below_a_fifth_of_an_error():
    """The bias is of order 1/n for n shots: here, with 20, about a tenth of a standard error."""
    gradients, _ = estimates(20 * CIRCUITS, 3)

    bias = (gradients.mean(axis=0) - TRUTH) / gradients.std(axis=0)
    assert np.abs(bias).max() < 0.1 + 4.5 / ESTIMATES**0.5


@pytest.mark.parametrize(
    ("shots", "rounds", "least", "most"),
    [
        (CIRCUITS // 2, 1, 0.85, 1.4),  # a circuit that did not run has no variance estimate
        (2 * CIRCUITS, 1, 0.9, 1.25),
        (20 * CIRCUITS, 1, 0.93, 1.07),
        (20 * CIRCUITS, 3, 0.93, 1.07),
    ],
)
def test_errors_are_as_large_as_they_are_told(shots, rounds, least, most):
    gradients, errors = estimates(shots, rounds)

    told = np.sqrt((errors**2).mean(axis=0)) / gradients.std(axis=0)
    assert (least < told).all()
    assert (told < most).all()
    if shots >= 2 * CIRCUITS:
        scores = (gradients - TRUTH) / errors
        assert 0.9 < scores.std() < 1.1

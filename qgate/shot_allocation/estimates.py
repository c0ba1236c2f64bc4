"""Estimate values and gradients with standard errors, within a budget of shots or dollars."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from qgate.arguments import is_text_among, truth
from qgate.budget import Budget, budget_of
from qgate.exceptions import UnsupportedDiffMethod, UnsupportedEstimate, described
from qgate.findable import picklable
from qgate.gradients.classical_jacobian import ClassicalPart, QNodeLike, require_qnode
from qgate.gradients.method import Options
from qgate.gradients.registry import METHODS, GradientMethod, shift_methods
from qgate.measurements import MeasurementKind
from qgate.mitigation.method import Mitigation
from qgate.mitigation.methods import mitigation_of
from qgate.shot_allocation.averages import averaged_estimates, averaged_gradient
from qgate.shot_allocation.estimation import estimation_result
from qgate.shot_allocation.estimation_result import Cost, Differences, EstimationResult
from qgate.shot_allocation.gradient_estimate import GradientEstimate
from qgate.shot_allocation.value_estimate import Estimate, estimates_of
from qgate.shots import Shots
from qgate.tape import Tape
from qgate.transforms.placeholders import placeholders
from qgate.typing import Argnums, FloatArray, Tensor

if TYPE_CHECKING:
    from qgate.devices.base import Device

__all__ = ["Cost", "Differences", "Estimate", "GradientEstimate", "estimate", "gradient_estimate"]

BIASES = ("none", "shrink")
"""Options for the bias of a gradient: none, or components smaller than their noise are shrunk."""

GRADIENT_BUDGET = (
    "a budget: qg.gradient_estimate(qnode, budget=100_000), or shots=qg.Budget(shots=100_000)"
)
"""Advice for a QNode without shots."""


class EstimatedQNode(QNodeLike, Protocol):
    """QNode with the method and the options of its derivatives."""

    @property
    def device(self) -> Device:
        """Device on which it runs."""

    @property
    def diff_method(self) -> object:
        """Name of its gradient method."""

    @property
    def gradient_kwargs(self) -> Options:
        """Options of that method."""


@picklable
def gradient_estimate(
    qnode: EstimatedQNode,
    budget: Budget | int | None = None,
    *,
    grouping: str = "qwc",
    argnums: Argnums = None,
    value: bool = True,
    bias: str = "none",
    prior: GradientEstimate | None = None,
    mitigation: Mitigation | str | None = None,
) -> Callable[..., GradientEstimate]:
    r"""Return a function that estimates the gradient of a QNode, with standard errors.

    Pauli words whose expectation value cannot depend on an angle are left out; the others are
    measured in commuting groups. Shots are allocated where they lower the mean squared error of the
    gradient most, in one to three rounds. Each round is one submission where the device allows.
    ``docs/shots.md`` has the formulas.

    Parameters
    ----------
    qnode : QNode
        Returns one expectation value. Its method is ``parameter-shift``, ``finite-diff`` or
        ``spsa`` (``best``: the first). The latter two are biased; their steps are chosen for the
        number of shots and the curvature, and are reported in ``differences`` of the estimate.
    budget : Budget or int, optional
        For the value and the gradient together; a number limits shots. Default the QNode's; without
        one, a device that averages over trajectories gives the errors of its averages.
    grouping : {"qwc", "fc", "symmetry"}
        ``qwc``: qubit-wise commuting Pauli words. ``fc``: all commuting Pauli words, at the cost of
        Clifford gates before the measurement. ``symmetry``: as ``qwc``; in addition, Pauli words
        that differ by a parity which the circuit provably conserves replace each other. A device
        with noise may not conserve it.
    argnums : int, sequence of int or None
        Arguments to differentiate by; default the trainable ones.
    value : bool
        Whether to estimate the value as well, with a twentieth of the shots.
    bias : {"none", "shrink"}
        ``shrink`` multiplies each component g of variance V by max(0, 1 - V / g**2), which
        lowers the error where noise is larger than the derivative, and is biased.
    prior : GradientEstimate, optional
        An earlier estimate of the same QNode, for example of the last step of a training. Its
        variances are used for the first allocation of shots.
    mitigation : str or Mitigation, optional
        Method against errors of the device: ``"none"``, ``"readout"``, ``"zne"``, ``"learned"``,
        ``"auto"``, or an object with options. Default the QNode's. ``docs/mitigation.md`` describes
        them.

    Returns
    -------
    callable
        Takes the arguments of the QNode, returns a ``GradientEstimate``.

    Raises
    ------
    InvalidBudget
        The budget is neither a ``Budget`` nor a positive whole number.
    UnsupportedEstimate
        The QNode returns something else, or its observable is trainable.
    BudgetTooSmall, UnknownPrice
        Nothing was sent.

    Warns
    -----
    FewShotsWarning
        There are more circuits than shots.

    Examples
    --------
    >>> from qgate import numpy as np
    >>> device = qg.device("local", seed=7)
    >>> @qg.qnode(device, shots=qg.Budget(shots=20_000))
    ... def energy(angle):
    ...     qg.RX(angle, wires=0)
    ...     return qg.expval(qg.Z(0) + 0.5 * qg.Y(0))
    >>> found = qg.gradient_estimate(energy)(np.array(0.4, requires_grad=True))
    >>> found.shots, found.standard_error.shape
    (20000, ())
    """
    require_qnode("gradient_estimate", qnode)
    given, chosen = budget_of(budget), _mitigation(mitigation, qnode)
    valued = truth("gradient_estimate", "value", value)
    if prior is not None and not isinstance(prior, GradientEstimate):
        raise UnsupportedEstimate(
            what=f"prior={described(prior)}", remedy="It is what gradient_estimate returned before."
        )
    if not is_text_among(bias, BIASES):
        raise UnsupportedEstimate(
            what=f"bias={described(bias)}", remedy="It is 'none' or 'shrink'."
        )

    @functools.wraps(qnode)
    def estimate_gradient(*args: Tensor, **kwargs: Tensor) -> GradientEstimate:
        averages = _averages(given, qnode)
        limit = None if averages else _limit(given, qnode, GRADIENT_BUDGET)
        classical = ClassicalPart.of(qnode, argnums, args, kwargs)
        tape = _trained_tape(qnode, classical)
        method = _method(qnode)
        if limit is None:
            return averaged_gradient(
                tape, classical, qnode.device, method, qnode.gradient_kwargs, value=valued
            )
        jacobians = [
            np.asarray(classical.flat(index), dtype=float).T
            for index in range(len(classical.jacobians))
        ]
        found = estimation_result(
            placeholders(tape).sweep(),
            tuple(classical.slots.tolist()),
            qnode.device,
            replace(Shots.of(limit), mitigation=chosen),
            method=method,
            options=qnode.gradient_kwargs,
            values=valued,
            grouping=grouping,
            jacobian=np.concatenate(jacobians),
            prior=None if prior is None else prior.circuit_variances,
        )
        biased = method.name != "parameter-shift" or bias != "none"
        return _gradient(found, classical, limit, shrink=bias == "shrink", biased=biased)

    return estimate_gradient


@picklable
def estimate(
    qnode: EstimatedQNode,
    budget: Budget | int | None = None,
    *,
    grouping: str = "qwc",
    mitigation: Mitigation | str | None = None,
) -> Callable[..., Estimate | tuple[Estimate, ...]]:
    """Return a function that estimates the results of a QNode, with standard errors.

    Parameters
    ----------
    qnode : QNode
        Returns expectation values, variances or probabilities.
    budget : Budget or int, optional
        A number limits shots. Default the QNode's budget, or its number of shots for each
        measurement basis; without both, a device that averages over trajectories gives the errors
        of its averages.
    grouping : {"qwc", "fc", "symmetry"}
    mitigation : str or Mitigation, optional
        As for ``gradient_estimate``.

    Returns
    -------
    callable
        Takes the arguments of the QNode. Returns an ``Estimate`` for a single measurement, a tuple
        of them for several.

    Raises
    ------
    InvalidBudget
        The budget is neither a ``Budget`` nor a positive whole number.
    UnsupportedEstimate
        The QNode returns something else, or has neither shots nor a budget.

    Examples
    --------
    >>> @qg.qnode(qg.device("local", seed=7), shots=10_000)
    ... def circuit(angle):
    ...     qg.RX(angle, wires=0)
    ...     return qg.expval(qg.Z(0))
    >>> found = qg.estimate(circuit)(0.0)
    >>> float(found.value), float(found.standard_error) < 0.001
    (1.0, True)
    """
    require_qnode("estimate", qnode)
    given, chosen = budget_of(budget), _mitigation(mitigation, qnode)

    @functools.wraps(qnode)
    def estimate_values(*args: Tensor, **kwargs: Tensor) -> Estimate | tuple[Estimate, ...]:
        tape = qnode.single_tape(args, kwargs)
        if _averages(given, qnode):
            found = averaged_estimates(tape, qnode.device)
            return found[0] if len(found) == 1 else tuple(found)
        limit = _limit(given, qnode, "shots, or a budget: qg.estimate(qnode, budget=10_000)")
        shots = Shots.of(limit)
        if given is None and (qnode.shots.budget is None or qnode.shots.each):
            shots = replace(shots, each=True)
        shots = replace(shots, mitigation=chosen)
        found = estimates_of(tape, qnode.device, shots, grouping=grouping)
        return found[0] if len(found) == 1 else tuple(found)

    return estimate_values


def _mitigation(given: Mitigation | str | None, qnode: EstimatedQNode) -> Mitigation | None:
    """Return the method of a call: the given one, else the QNode's."""
    return qnode.shots.mitigation if given is None else mitigation_of(given)


def _averages(given: Budget | None, qnode: EstimatedQNode) -> bool:
    """Return whether errors are those of trajectories: there are no shots."""
    exact = given is None and not qnode.shots
    return exact and qnode.device.trajectories is not None


def _limit(given: Budget | None, qnode: EstimatedQNode, remedy: str) -> Budget:
    """Return the budget of a call: the given one, else that of the QNode's shots."""
    limit = given or budget_of(qnode.shots.budget or qnode.shots.total_shots)
    if limit is None:
        raise UnsupportedEstimate(what="A QNode without shots", remedy=f"Give it {remedy}.")
    return limit


def _trained_tape(qnode: EstimatedQNode, classical: ClassicalPart) -> Tape:
    tape: Tape = qnode.single_tape(classical.args, classical.kwargs)
    kinds = [item.kind for item in tape.measurements]
    if kinds != [MeasurementKind.EXPVAL] or tape.batch_size is not None:
        raise UnsupportedEstimate(
            what=f"The gradient of {', '.join(kind.value for kind in kinds)}",
            remedy="Return one expectation value, without a batch; qg.jacobian takes others.",
        )
    if classical.in_observable:
        raise UnsupportedEstimate(
            what="The gradient by a coefficient of an observable",
            remedy="Mark coefficients as not trainable; qg.grad takes them.",
        )
    return classical.marked(tape)


def _method(qnode: EstimatedQNode) -> GradientMethod:
    name = str(qnode.diff_method)
    name = "parameter-shift" if name == "best" else name
    if name not in shift_methods():
        raise UnsupportedDiffMethod(
            method=name,
            reason="an estimate with errors is made of shifted circuits",
            remedy=f"Use diff_method={' or '.join(map(repr, shift_methods()))}.",
        )
    return METHODS[name]


def _gradient(
    found: EstimationResult, classical: ClassicalPart, budget: Budget, *, shrink: bool, biased: bool
) -> GradientEstimate:
    """Return the estimate of the gradient in the shapes of the arguments."""
    estimated, first = found.measured.estimated, found.request.num_values
    gradient, covariance = estimated.outputs[first:], estimated.covariance[first:, first:]
    return GradientEstimate(
        value=float(estimated.outputs[0]) if first else None,
        value_error=math.sqrt(max(estimated.covariance[0, 0], 0.0)) if first else None,
        flat=_shrunk(gradient, np.diag(covariance)) if shrink else gradient,
        covariance=covariance,
        shapes=tuple(classical.shape(index) for index in range(len(classical.jacobians))),
        bare=classical.bare,
        cost=found.cost,
        budget=budget,
        pruned=found.request.measurement_plan.pruned,
        gain=found.gain,
        drawn=int((found.measured.design.chances < 1).sum()),
        biased=biased,
        circuit_variances=estimated.variances,
        differences=found.differences,
        mitigation=found.mitigated,
    )


def _shrunk(gradient: FloatArray, variances: FloatArray) -> FloatArray:
    """Return each component times max(0, 1 - V / g**2)."""
    squares = gradient**2
    kept = np.where(squares > 0, 1 - variances / np.where(squares > 0, squares, 1.0), 0.0)
    return np.asarray(gradient * np.maximum(kept, 0.0))

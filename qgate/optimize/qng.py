"""Quantum natural gradient descent, and the same with momentum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qgate.gradients.metric_tensor import APPROXIMATIONS
from qgate.interfaces.device_errors import unmarking
from qgate.optimize.arguments import Arguments, size_of
from qgate.optimize.base import Args, Step, started
from qgate.optimize.given_gradients import GradientSteps
from qgate.optimize.objective import Objective
from qgate.optimize.options import flags, fraction, not_negative, one_of, positive
from qgate.optimize.requests import gradient_request, metric_request, send, value_request
from qgate.typing import FloatArray, Function, Nested, Tensor


@dataclass(frozen=True, eq=False)
class Metric:
    """Metric tensor of the last step, and accumulated steps of an optimizer with momentum."""

    tensors: tuple[FloatArray, ...] = ()
    """One (n, n) for each trainable array of n numbers, regularized; empty before the first."""
    accumulation: FloatArray | None = None


class QNGOptimizer(GradientSteps[Metric]):
    r"""Quantum natural gradient, :math:`x \leftarrow x - \eta (G + \lambda)^+ \nabla f(x)`.

    :math:`G` is the Fubini-Study metric tensor of the circuit's state, separately for each
    trainable array, and :math:`{}^+` the pseudo-inverse.

    Parameters
    ----------
    stepsize : float
        :math:`\eta`.
    approx : {"block-diag", "diag", None}
        Entries of :math:`G` that are measured; None: all, by Hadamard tests with an auxiliary wire.
    lam : float
        :math:`\lambda`, added to the diagonal.

    Raises
    ------
    InvalidOptimizerOption

    Notes
    -----
    Cost: one submission of the value, the gradient and the metric tensor, if the gradient of the
    QNode is computed from circuits; two if the simulator differentiates (``adjoint``,
    ``backprop``). Reference: Stokes et al., Quantum 4, 269 (2020).

    Examples
    --------
    >>> from qgate import numpy as np
    >>> @qg.qnode("local", diff_method="parameter-shift")
    ... def circuit(x):
    ...     qg.RX(x, wires=0)
    ...     return qg.expval(qg.Z(0))
    >>> print(QNGOptimizer(stepsize=0.1).step(circuit, np.array(0.3)).round(6))
    0.418208
    """

    state_class = Metric

    def __init__(
        self, stepsize: float = 0.01, approx: str | None = "block-diag", lam: float = 0
    ) -> None:
        positive(self.name, stepsize=stepsize)
        one_of(self.name, APPROXIMATIONS, approx=approx)
        not_negative(self.name, lam=lam)
        self.stepsize, self.approx, self.lam = stepsize, approx, lam
        super().__init__()

    @property
    def metric_tensor(self) -> Nested:
        """The metric tensor of the last step: an array (n, n), or a tuple for several arguments."""
        tensors = self.state.tensors
        return tensors[0] if len(tensors) == 1 else tensors or None

    def step(self, qnode: Function, *args: Nested, **options: Nested) -> Nested:
        """Take one step; as ``step_and_cost``, without the value."""
        return self._advance(qnode, args, valued=False, **options)[0]

    def step_and_cost(
        self,
        qnode: Function,
        *args: Nested,
        grad_fn: Function | None = None,
        recompute_tensor: bool = True,
        metric_tensor_fn: Function | None = None,
        **kwargs: Nested,
    ) -> tuple[Nested, np.float64]:
        """Take one step; return the new arguments and the value before the step.

        Parameters
        ----------
        qnode : QNode, or callable with a ``metric_tensor_fn``
            Returns one real number.
        args
            Its positional arguments; trainable arrays are updated.
        grad_fn : callable, optional
            Returns the gradient, as for gradient descent.
        recompute_tensor : bool
            Whether to measure the metric tensor again, or to use that of the last step.
        metric_tensor_fn : callable, optional
            Called with the arguments; returns an array ``t + t`` for a trainable array of shape
            ``t``, or a tuple for several.
        kwargs
            Its keyword arguments.

        Returns
        -------
        args : array, or list
        cost : float

        Raises
        ------
        NothingTrainable
        UnsuitableObjective
            It is not a QNode, and there is no ``metric_tensor_fn``.
        InvalidTransform
            The metric tensor of the circuit cannot be measured.
        """
        return self._advance(
            qnode,
            args,
            valued=True,
            grad_fn=grad_fn,
            recompute_tensor=recompute_tensor,
            metric_tensor_fn=metric_tensor_fn,
            **kwargs,
        )

    def update(
        self, state: Metric, point: FloatArray, gradient: FloatArray
    ) -> tuple[Metric, FloatArray]:
        """Return the state and the point after a step; the metric tensor is the state's."""
        return state, point - self.stepsize * _natural(state.tensors, gradient)

    def _advance(
        self,
        function: Function,
        args: Args,
        *,
        valued: bool,
        grad_fn: Function | None = None,
        recompute_tensor: bool = True,
        metric_tensor_fn: Function | None = None,
        **kwargs: Nested,
    ) -> Step:
        flags(self.name, recompute_tensor=recompute_tensor)
        objective = Objective(function, kwargs, self.name)
        arguments = Arguments.of(args, optimizer=self.name)
        if metric_tensor_fn is None and not objective.is_qnode:
            raise objective.refused(
                "it is not a QNode, so the metric tensor of its state is not known",
                "Give a single QNode, or metric_tensor_fn, for example qg.metric_tensor(qnode).",
            )
        tensors: Sequence[FloatArray] | None = (
            None if recompute_tensor else self.state.tensors or None
        )
        if tensors is None and metric_tensor_fn is not None:
            with unmarking():
                found = metric_tensor_fn(*args, **kwargs)
            tensors = self._regularized(_each(found), arguments)
        cost, gradient, measured = self._measured(objective, arguments, grad_fn, tensors is None)
        if tensors is None:
            tensors = self._regularized(measured, arguments)
        state, point = self.update(
            Metric(tuple(tensors), self.state.accumulation), arguments.vector, gradient
        )
        if valued and cost is None:
            (cost,) = objective.values([args])
        self.state, self._arguments = state, arguments
        return arguments.returned(point), cost

    def _measured(
        self,
        objective: Objective,
        arguments: Arguments,
        grad_fn: Function | None,
        with_metric: bool,
    ) -> tuple[Tensor, FloatArray, Nested]:
        """Return the value, the gradient, and the metric if it is requested."""
        metric = metric_request(objective, arguments, self.approx) if with_metric else None
        slopes = gradient_request(objective, arguments) if grad_fn is None and metric else None
        if metric is not None and slopes is not None:
            value, gradient, tensors = send(
                objective, value_request(objective, arguments), slopes, metric
            )
            return value, gradient, tensors
        cost, gradient = objective.value_and_gradient(arguments, grad_fn)
        return cost, gradient, None if metric is None else send(objective, metric)[0]

    def _regularized(self, tensors: Sequence[FloatArray], arguments: Arguments) -> list[FloatArray]:
        sizes = [size_of(shape) for shape in arguments.shapes]
        return [
            np.asarray(tensor, dtype=float).reshape(size, size) + self.lam * np.eye(size)
            for tensor, size in zip(tensors, sizes, strict=True)
        ]


class MomentumQNGOptimizer(QNGOptimizer):
    r"""Quantum natural gradient with momentum.

    .. math:: a \leftarrow m a + \eta (G + \lambda)^+ \nabla f(x), \qquad x \leftarrow x - a

    Parameters
    ----------
    stepsize : float
        :math:`\eta`.
    momentum : float
        :math:`m`, at least 0 and below 1.
    approx : {"block-diag", "diag", None}
        Entries of the metric tensor :math:`G` that are measured.
    lam : float
        :math:`\lambda`, added to the diagonal.

    Raises
    ------
    InvalidOptimizerOption

    Notes
    -----
    Cost: as ``QNGOptimizer``. Reference: Borysenko et al., arXiv:2409.01978.
    """

    def __init__(
        self,
        stepsize: float = 0.01,
        momentum: float = 0.9,
        approx: str | None = "block-diag",
        lam: float = 0,
    ) -> None:
        fraction(self.name, momentum=momentum)
        self.momentum = momentum
        super().__init__(stepsize, approx, lam)

    def update(
        self, state: Metric, point: FloatArray, gradient: FloatArray
    ) -> tuple[Metric, FloatArray]:
        before = started(state.accumulation, len(point), optimizer=self.name)
        step = self.stepsize * _natural(state.tensors, gradient)
        accumulation = self.momentum * before + step
        return Metric(state.tensors, accumulation), point - accumulation

    @property
    def accumulation(self) -> list[Nested] | None:
        """Accumulated steps in the shapes of the arguments; None: no step was taken."""
        return self.by_argument(self.state.accumulation)


def _natural(tensors: Sequence[FloatArray], gradient: FloatArray) -> FloatArray:
    """Return the gradient multiplied by the pseudo-inverse of each metric tensor."""
    parts, start = [], 0
    for tensor in tensors:
        part = gradient[start : start + len(tensor)]
        parts.append(np.linalg.pinv(tensor) @ part)
        start += len(tensor)
    return np.concatenate(parts)


def _each(tensors: Sequence[FloatArray]) -> Nested:
    return tensors if isinstance(tensors, tuple | list) else (tensors,)

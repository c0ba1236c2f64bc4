"""Expected standard errors for plain numbers of shots, reported to a plan before measuring."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from qgate.context import active_plan
from qgate.exceptions import UnsupportedEstimate
from qgate.gradients.stencil import Stencil
from qgate.sweep import Sweep
from qgate.typing import FloatArray

if TYPE_CHECKING:
    from qgate.devices.base import Device


def expect(sweep: Sweep, device: Device, stencils: Sequence[Stencil] = ()) -> None:
    """Report the expected standard errors of requested results to the active plan, if any.

    As in ``estimator.prior_errors``, every Pauli word has variance 1, and Pauli words of a
    commuting group are taken to be independent. Circuits with measurements that are not linear in
    expectation values are skipped.

    ``sweep``: R rows with their shots, unshifted. ``stencils``: requested in place of the values
    alone; order 0 is the values. Of the derivatives, the lowest order is reported.
    """
    plan = active_plan()
    if plan is None or sweep.shots is None:
        return
    if plan.rehearses(device):
        from qgate.execution.rehearsal import rehearsed_values  # only for emulated devices

        plan.gives(rehearsed_values(sweep, device))
    variances = _variances(sweep, device)
    if variances is None:
        return
    derivatives = sorted((item for item in stencils if item.order), key=lambda item: item.order)
    values = not stencils or len(derivatives) < len(stencils)
    parts = [variances] if values else []
    parts += [_squares(item)[:, None, None] * variances for item in derivatives[:1]]
    errors = np.sqrt(np.concatenate([part.ravel() for part in parts]))
    plan.expects(errors, variances.size if values else 0)


def _variances(sweep: Sweep, device: Device) -> FloatArray | None:
    """Return the variances of the values, shape (R, M); None: the observables are not linear."""
    # a call without a plan loads no module of this folder
    from qgate.shot_allocation.estimation_request import with_constants
    from qgate.shot_allocation.pauli_expansion import PauliExpansion

    constant = with_constants(sweep, device)
    try:
        observed = PauliExpansion.of(constant.structure.measurements, constant.structure.wires)
    except UnsupportedEstimate:
        return None
    shots = np.asarray(sweep.shots, dtype=float)
    return np.asarray((observed.coefficients**2).sum(axis=1) / shots[:, None])


def _squares(stencil: Stencil) -> FloatArray:
    """Return the sum of the squared weights of the points of each derivative."""
    count = len(stencil.offsets)
    pairs, index = np.unique(stencil.targets * count + stencil.points, return_inverse=True)
    weights = np.bincount(index.ravel(), weights=stencil.weights)
    size = stencil.size**stencil.order
    sums = np.bincount(pairs // count, weights=weights**2, minlength=size)
    return np.asarray(sums, dtype=float)

"""Time the planning of a gradient from a budget of shots, compared with running circuits.

    python benchmarks/planning.py

LiH on 12 qubits, 631 terms and 92 excitations: the work done once for the structure of the circuit,
and the work of each training step before its circuits run. CPU time of one thread.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # its threads wait by spinning

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np
from budgets.circuits import LIH12, Circuit, excitations, unitary_coupled_cluster

import qgate as qg
from qgate import numpy as qnp
from qgate.gradients.classical_jacobian import ClassicalPart
from qgate.gradients.parameter_shift import parameter_shift
from qgate.shot_allocation.allocation import ShotLimits
from qgate.shot_allocation.design import plan, prior_plan
from qgate.shot_allocation.estimation_request import estimation_request, with_constants

STEPS, SHOTS = 9, 100_000
CIRCUIT = Circuit(
    "LiH, 12 qubits, UCCSD",
    LIH12,
    unitary_coupled_cluster,
    lambda record: len(excitations(record)),
    near_optimum=False,
)


def seconds(action: Callable[[], Any]) -> tuple[float, Any]:
    """Return the CPU time of a call, and its result."""
    start = time.process_time()
    found = action()
    return time.process_time() - start, found


def asked(node: Any, x: Any) -> Any:
    """Return the request of a budget: the gradient at x."""
    part = ClassicalPart.of(node, None, (x,), {})
    tape = node.construct((qnp.array(x, requires_grad=False),), {})
    constant = with_constants(tape.sweep(), node.device)
    slots = tuple(part.slots.tolist())
    shifted = parameter_shift(constant.structure, slots)
    jacobian = np.asarray(part.flat(0), dtype=float).T
    found = estimation_request(constant, shifted, values=False, jacobian=jacobian)
    return found, len(found.measurement_plan.bases)


def main() -> None:
    size = CIRCUIT.size(CIRCUIT.record)
    node = qg.QNode(CIRCUIT.function(qg), "local")
    random = np.random.default_rng(0)
    first, later, with_prior = 0.0, [], []
    for step in range(STEPS + 1):
        x = qnp.array(random.normal(0, 0.1, size), requires_grad=True)
        asking, (found, bases) = seconds(lambda x=x: asked(node, x))
        problem = found.problem
        planning, _ = seconds(
            lambda p=problem, s=found.measurement_plan: prior_plan(p, s.bases, SHOTS, ShotLimits())
        )
        prior = random.uniform(0.1, 1.0, (problem.num_rows, bases))
        again, _ = seconds(
            lambda p=problem, s=found.measurement_plan, v=prior: plan(
                p, s.bases, SHOTS, ShotLimits(), v
            )
        )
        if step == 0:
            first = asking + planning
        else:
            later.append(asking + planning)
            with_prior.append(asking + again)
    print(f"{CIRCUIT.title}: {len(CIRCUIT.record['terms'])} terms, {size} angles, {bases} bases")
    print(f"first gradient: {1e3 * first:.0f} ms")
    print(f"a later one: {1e3 * median(later):.1f} ms")
    print(f"a later one, with the variances of the one before: {1e3 * median(with_prior):.1f} ms")


if __name__ == "__main__":
    main()

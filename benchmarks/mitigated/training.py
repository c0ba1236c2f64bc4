"""Training of LiH on a noisy machine, to an energy that is reported with its errors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

import qgate as qg

from .cases import PROBLEMS, Problem, machine
from .drawn import DrawnDevice
from .measuring import PEERS, registered

SHOTS = 5_000_000
"""Shots of all steps and of the reported energy, calibration included."""

STEPS = 16
FINAL = 0.2
"""Share of the shots for the reported energy."""

START_RAD = 0.01
WITHIN_MHA = 10.0


def trained(methods: Sequence[str], cache: Path | None = None, *, name: str = "LiH6") -> int:
    """Train with each method, print the energies, and return the exit status."""
    device = machine("torino", cache=cache)
    reached = {
        method: energy(PROBLEMS[name], device.seeded(1), method)
        for method in registered()
        if method in methods and method not in PEERS
    }
    device.probabilities.save()
    print("within 10 mHa:", [name for name, off in reached.items() if off < WITHIN_MHA] or "none")
    return 0


def energy(
    problem: Problem, device: DrawnDevice, method: str, *, shots: int = SHOTS, steps: int = STEPS
) -> float:
    """Train, print and return the error of the reported energy in mHa.

    It is the difference from the least energy of the circuit.
    """
    node = qg.QNode(problem.circuit, device)
    each, last = int((1 - FINAL) * shots / steps), int(FINAL * shots)
    start = qg.numpy.array(np.full(len(problem.optimum), START_RAD), requires_grad=True)
    found = qg.minimize(
        node,
        start,
        optimizer=qg.AdamOptimizer(0.05),
        steps=steps,
        budget=shots - last,
        estimate=qg.gradient_estimate(node, each, mitigation=method),
    )
    final = np.asarray(found.x)
    reported = qg.estimate(node, last, mitigation=method)(final)
    assert not isinstance(reported, tuple)
    least, true = problem.exact(np.array(problem.optimum))[0], problem.exact(final)[0]
    off = 1e3 * (float(reported.value) - least)
    systematic = 1e3 * float(reported.systematic_error or 0.0)
    steps_taken, used = len(found.history), found.history.shots + reported.shots
    print(
        f"{method:8} reported energy off by {off:8.2f} mHa (standard error "
        f"{1e3 * float(reported.standard_error):.2f}, systematic {systematic:.2f}); exact energy "
        f"at these angles {1e3 * (true - least):.2f} mHa above the least; {steps_taken} steps, "
        f"{used:,} shots",
        flush=True,
    )
    return abs(off)

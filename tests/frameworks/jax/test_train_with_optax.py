"""The example with optax converges to the ground state of H2."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np

SCRIPT = Path(__file__).parents[3] / "examples" / "train_with_optax.py"


def test_the_loss_ends_below_what_is_wanted():
    example = runpy.run_path(str(SCRIPT))

    energies, exact = example["train"]()

    assert exact - 1e-6 < min(energies)  # single precision
    assert energies[-1] - exact < example["WANTED"] < energies[0] - exact


def test_a_step_with_shots_goes_down():
    example = runpy.run_path(str(SCRIPT))
    example["train"].__globals__["STEPS"] = 8

    energies, exact = example["train"]("local?shots=1000&seed=7")

    assert abs(energies[-1] - exact) < 0.1 < energies[0] - exact
    assert len(np.unique(energies)) == 8

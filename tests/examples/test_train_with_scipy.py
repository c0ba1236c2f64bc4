"""The example with scipy converges to the ground state of H2 by each method."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

EXAMPLE = runpy.run_path(str(Path(__file__).parents[2] / "examples" / "train_with_scipy.py"))


@pytest.mark.parametrize("method", [*EXAMPLE["WITH_GRADIENT"], *EXAMPLE["WITHOUT_GRADIENT"]])
def test_a_method_ends_within_what_is_wanted(method: str):
    loss, submissions = EXAMPLE["train"](method)

    assert -1e-9 < loss < EXAMPLE["WANTED"]
    assert 0 < submissions < 500


def test_a_method_without_gradients_works_from_shots():
    loss, _ = EXAMPLE["train"]("COBYLA", "local?shots=4000&seed=7")

    assert abs(loss) < 0.05

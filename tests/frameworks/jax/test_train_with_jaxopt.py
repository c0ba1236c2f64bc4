"""The example with jaxopt finds the lowest energy of a chain of spins."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np
import pytest

SCRIPT = Path(__file__).parents[3] / "examples" / "train_with_jaxopt.py"


# jaxopt warns on import that it is not maintained.
@pytest.mark.filterwarnings("ignore:JAXopt is no longer maintained:DeprecationWarning")
def test_the_loss_ends_below_what_is_wanted():
    example = runpy.run_path(str(SCRIPT))

    found, lowest = example["train"]()

    free_fermions = 1 - 1 / np.sin(np.pi / (2 * (2 * example["SPINS"] + 1)))
    assert lowest == pytest.approx(free_fermions)
    assert -1e-5 < found - lowest < example["WANTED"]

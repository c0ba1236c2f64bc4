"""The example with PyTorch learns its labels."""

from __future__ import annotations

import runpy
from pathlib import Path

import torch

SCRIPT = Path(__file__).parents[3] / "examples" / "train_with_torch.py"


def test_the_loss_ends_below_what_is_wanted():
    torch.set_num_threads(1)
    example = runpy.run_path(str(SCRIPT))

    losses = example["train"]()

    assert losses[-1] < example["WANTED"] < 0.6 < losses[0]

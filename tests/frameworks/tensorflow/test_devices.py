"""Tensors on a device other than TensorFlow's first: a second one, in a separate process."""

from __future__ import annotations

from pathlib import Path

import pytest
from checks import assert_they_pass

CHECKS = Path(__file__).with_name("device_checks.py")


@pytest.mark.timeout(7200)  # a separate suite, whose tests have guards of their own
def test_results_and_derivatives_are_where_tensorflow_is_told_to_compute() -> None:
    assert_they_pass(CHECKS, TF_CPP_MIN_LOG_LEVEL="3")

"""Tensors on another device than the host, a stand-in for a GPU, in a separate process.

Tested: qgate copies numbers to the host before it reads them, puts results and derivatives on the
device of the parameters, and calls no torch operation on tensors of two devices, which the stand-in
refuses like a GPU. Not tested: the kernels, streams and rounding of a real GPU, several devices
besides the host, and devices without double precision.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from checks import assert_they_pass
from torch.utils import backend_registration

CHECKS = Path(__file__).with_name("device_checks.py")

pytestmark = pytest.mark.skipif(
    not hasattr(backend_registration, "_setup_privateuseone_for_python_backend"),
    reason="this torch takes no device that is written in Python",
)


@pytest.mark.timeout(7200)  # a separate suite, whose tests have guards of their own
def test_results_and_derivatives_are_where_the_parameters_are() -> None:
    assert_they_pass(CHECKS)

"""Arrays on a device other than JAX's first: a second one of the host, in a separate process."""

from __future__ import annotations

from pathlib import Path

import pytest
from checks import assert_they_pass

CHECKS = Path(__file__).with_name("device_checks.py")


@pytest.mark.timeout(7200)  # a separate suite, whose tests have guards of their own
def test_results_and_derivatives_are_where_the_arguments_are() -> None:
    assert_they_pass(CHECKS, XLA_FLAGS="--xla_force_host_platform_device_count=2")

"""Failure reasons that are about the submission itself."""

from __future__ import annotations

import pytest

from qgate.devices.cloud.failures import is_permanent, may_not_pass


@pytest.mark.parametrize(
    "reason",
    [
        "ValidationException: [line 3] unsupported gate foo",
        "Device requires that the number of qubits is at most 34",
        "The circuit exceeds the maximum depth",
        "Invalid result type",
        "validated against the device, 3 gates are not native and not supported",
        "Too many qubits",
        "angle out of range",
    ],
)
def test_what_is_wrong_with_a_submission_is_permanent(reason):
    assert is_permanent(reason)


@pytest.mark.parametrize(
    "reason",
    [
        "",
        "The cryostat is warm",
        "InternalError",
        "Rate exceeded",
        "Request timed out while the program was parsed",
        "maximum capacity reached, try again later",
        "lost calibration",
        "The device is temporarily not available: invalid calibration",
    ],
)
def test_what_may_pass_or_is_not_understood_is_not(reason):
    assert not is_permanent(reason)


@pytest.mark.parametrize("reason", ["", "it gave no reason", "Internal error"])
def test_nothing_said_is_no_ground_to_give_up(reason):
    assert not may_not_pass(reason)

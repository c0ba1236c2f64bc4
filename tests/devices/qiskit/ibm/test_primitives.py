"""Number of shots of twirled measurements."""

from hypothesis import given
from hypothesis import strategies as st
from qiskit_ibm_runtime.executor.calculate_twirling_shots import calculate_twirling_shots

from qgate.devices.qiskit.ibm.primitives import Settings


@given(st.integers(1, 10**6))
def test_the_rounding_is_that_of_the_client(shots):
    times, each = calculate_twirling_shots(shots, "auto", "auto")

    assert Settings(twirling=True).executed(shots) == times * each


def test_without_twirling_shots_are_as_asked_for():
    assert Settings().executed(1234) == 1234

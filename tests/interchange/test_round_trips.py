"""Random circuits come back from OpenQASM, Qiskit and Braket as they went.

``benchmarks/round_trips.py`` makes thousands of these trips.
"""

import pytest
from round_trips import ROUTES, check


@pytest.mark.parametrize("route", ROUTES)
def test_nothing_is_lost_on_the_way_there_and_back(route):
    for seed in range(6):
        check(seed, route)

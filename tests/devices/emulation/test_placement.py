"""Placement on coupled qubits: the same circuit, on allowed pairs."""

import numpy as np
import pytest

import qgate as qg
from qgate.devices.emulation.calibration import Calibration
from qgate.devices.emulation.placement import Couplings, place_and_route
from qgate.wires import Wires

LINE = Calibration(
    errors={**{(q, q + 1): {"cz": 0.01 + 0.001 * q} for q in range(7)}, (2, 3): {"cz": 0.3}},
    readout=dict.fromkeys(range(8), (0.01, 0.02)),
)


@pytest.mark.parametrize("seed", range(3))
def test_a_routed_circuit_has_the_probabilities_of_the_circuit(seed):
    random = np.random.default_rng(seed)
    operations = []
    for _ in range(12):
        pair = random.choice(5, size=2, replace=False).tolist()
        operations += [qg.RY(random.normal(), pair[0]), qg.CNOT(wires=pair)]

    found, places = place_and_route(operations, Wires(range(5)), Couplings(LINE))

    assert all(tuple(sorted(item.wires)) in LINE.pairs for item in found if len(item.wires) == 2)
    wanted = probabilities(operations, range(5))
    assert np.allclose(probabilities(found, [places[wire] for wire in range(5)]), wanted)


def test_a_bad_coupling_is_avoided():
    operations = [qg.CZ([0, 1]), qg.CZ([1, 2]), qg.CZ([2, 3])]

    found, _ = place_and_route(operations, Wires(range(4)), Couplings(LINE))

    assert {frozenset(item.wires) for item in found}.isdisjoint({frozenset((2, 3))})
    assert len(found) == 3


def probabilities(operations, wires):
    @qg.qnode("local")
    def circuit():
        for item in operations:
            qg.apply(item)
        return qg.probs(wires=list(wires))

    return circuit()

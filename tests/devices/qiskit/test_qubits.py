"""Qubits that are not operational."""

import pytest
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

import qgate as qg
from qgate.devices.qiskit.qubits import working_qubits
from qgate.exceptions import InvalidOption


@pytest.fixture
def broken():
    """A device of five qubits in a line, of which IBM reports number 2 as not operational."""
    backend = FakeManilaV2()
    backend._set_props_dict_from_json()
    facts = backend._props_dict
    fault = {"name": "operational", "value": 0, "unit": "", "date": facts["last_update_date"]}
    facts["qubits"][2].append(fault)
    return backend


def test_qubits_out_of_order_are_known(broken):
    assert working_qubits(broken) == (0, 1, 3, 4)
    assert working_qubits(GenericBackendV2(2, seed=1)) == (0, 1)


@pytest.mark.parametrize("layout", ["1,2", "2,0", "2"])
def test_a_layout_on_a_qubit_out_of_order_is_refused(broken, layout):
    with pytest.raises(InvalidOption, match="out of order: 2; choose others"):
        qg.device(broken, initial_layout=layout)


def test_a_layout_on_other_qubits_is_used(broken):
    @qg.qnode(qg.device(broken, initial_layout="4,3", shots=100))
    def circuit():
        qg.X(0)
        qg.CNOT([0, 1])
        return qg.counts()

    found = circuit()

    assert max(found, key=found.get) == "11"

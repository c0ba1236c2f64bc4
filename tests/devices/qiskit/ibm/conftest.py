"""A double of IBM's service, and devices on it."""

import numpy as np
import pytest
from clouds.ibm.double import running

from qgate.devices.cloud.remote import new_token
from qgate.devices.registry import device
from qgate.measurements import counts
from qgate.operations.gate import GATES
from qgate.sweep import Sweep
from qgate.tape import Tape


@pytest.fixture(scope="session")
def double(tmp_path_factory):
    with running(tmp_path_factory.mktemp("ibm")) as running_double:
        yield running_double


@pytest.fixture
def cloud(double, monkeypatch, tmp_path):
    """The double after a reset, and an environment that directs the client to it."""
    double.reset()
    monkeypatch.setenv("HOME", str(tmp_path))
    for name, value in double.environment.items():
        monkeypatch.setenv(name, value)
    return double


@pytest.fixture
def make(cloud):
    """Create a device of the double; small, because compiling for 133 qubits takes long."""

    def make(target="ibm_manila", **options):
        return device(f"ibm:{target}", **{"patience_s": 5, **options})

    return make


@pytest.fixture
def flips():
    """A sweep in native gates whose rows have the certain outcomes 0, 1, 0, 1, ..."""

    def flips(rows=4, shots=100):
        structure = Tape([GATES["RX"](0.1, 0)], [counts(wires=[0])]).structure
        angles = np.pi * (np.arange(rows) % 2)
        return Sweep(structure, angles[:, None], (), np.full(rows, shots))

    return flips


@pytest.fixture
def send(flips):
    """Create a job as a run does."""

    def send(device, **options):
        return device.send([flips(**options)], token=new_token())

    return send


@pytest.fixture
def assert_flips():
    def check(results, rows=4, shots=100):
        (((*outcomes,),),) = results
        expected = [{str(row % 2): shots} for row in range(rows)]
        assert [each.counts() for each in outcomes] == expected

    return check

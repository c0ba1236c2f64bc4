"""Simulations that exceed the memory are refused before they begin."""

import os
import subprocess
import sys

import pytest

import qgate as qg
from qgate import numpy as qnp
from qgate.devices.local import memory
from qgate.devices.local.device import LocalDevice
from qgate.devices.local.libraries import SETS
from qgate.exceptions import InvalidOption, TooMuchMemory

GIB = 2**30

needs_kernels = pytest.mark.skipif(
    qg.device("local").engine.name not in SETS, reason="the compiled engine does not run"
)


def node(config, **options):
    device = qg.device(config)

    @qg.qnode(device, **options)
    def circuit(x):
        for wire in device.wires:
            qg.RX(x, wire)
        return qg.expval(qg.Z(0))

    return circuit


@pytest.mark.parametrize(
    ("wires", "states", "limit"),
    [(20, 4, 4 * 16 * 2**20 / GIB), (24, 2, 2 * 16 * 2**24 / GIB), (10, 0.5, 8 * 2**10 / GIB)],
)
def test_what_just_fits_may_begin_and_no_more(wires, states, limit):
    memory.require(states, wires, limit_gib=limit)

    with pytest.raises(TooMuchMemory, match=f"A simulation of {wires} wires needs"):
        memory.require(states * 1.01, wires, limit_gib=limit)


@needs_kernels
def test_a_gradient_of_many_wires_needs_two_states_and_a_value_one():
    one_state_gib = 16 * 2**24 / GIB

    with pytest.raises(TooMuchMemory) as refused:
        node(f"local?wires=24&memory_gib={1.9 * one_state_gib}").device.jacobian(sweep_of(24), [0])

    assert refused.value.needed_gib == pytest.approx(2 * one_state_gib)
    assert refused.value.allowed_gib == pytest.approx(1.9 * one_state_gib)
    assert isinstance(refused.value, MemoryError)


PEAK = """
import qgate as qg

def gradient(wires):
    @qg.qnode(qg.device("local", wires=wires), diff_method="adjoint")
    def energy(angles):
        for layer in range(2):
            for wire in range(wires):
                qg.RX(angles[layer], wire)
            for wire in range(wires):
                qg.CNOT([wire, (wire + 1) % wires])
        return qg.expval(qg.Z(0) @ qg.Z(1))

    return qg.grad(energy)(qg.numpy.array([0.1, 0.2], requires_grad=True))

def peak():
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))

gradient(6)
before = peak()
gradient(20)
print((peak() - before) / (16 * 2**20))
"""


@needs_kernels
@pytest.mark.skipif(sys.platform != "linux", reason="other systems report it elsewhere")
@pytest.mark.skipif("LD_PRELOAD" in os.environ, reason="sanitizers hold memory of their own")
def test_a_gradient_through_permutations_takes_two_states_and_no_more():
    shown = subprocess.run(
        [sys.executable, "-c", PEAK], capture_output=True, text=True, timeout=240, check=True
    )

    assert 1.9 < float(shown.stdout) < 2.3


def sweep_of(wires):
    from qgate.tape import Tape

    gates = [qg.RX(0.1, wires - 1), *(qg.X(wire) for wire in range(1, wires))]
    return Tape(gates, [qg.expval(qg.Z(0))]).sweep()


@pytest.mark.parametrize("diff_method", ["best", "parameter-shift"])
def test_a_qnode_is_refused_before_anything_is_computed(diff_method):
    small = node("local?wires=24&memory_gib=0.01", diff_method=diff_method)

    with pytest.raises(TooMuchMemory, match=r"may be taken. Use fewer wires or rows, single"):
        small(0.1)
    with pytest.raises(TooMuchMemory, match="memory_gib sets the limit"):
        qg.grad(small)(qnp.array(0.1))


@needs_kernels
def test_single_precision_needs_half():
    limit = 1.3 * 16 * 2**22 / GIB / 2
    device = LocalDevice(wires=22, precision="single", memory_gib=limit * 1.5)
    with pytest.raises(TooMuchMemory):
        LocalDevice(wires=22, memory_gib=limit).submit([sweep_of(22)])

    (result,) = device.submit([sweep_of(22)]).result()

    assert result[0] == pytest.approx(1.0)


def test_what_is_free_is_the_limit_where_none_is_given(monkeypatch):
    monkeypatch.setattr(memory, "free_bytes", lambda: 2.0**30)

    memory.require(3, 24, limit_gib=None)
    with pytest.raises(TooMuchMemory, match=r"0\.9 GiB may be taken"):
        memory.require(4, 24, limit_gib=None)


def test_free_memory_is_found():
    assert 2**26 < memory.free_bytes() < float("inf")


def test_a_precision_that_there_is_not():
    with pytest.raises(InvalidOption, match=r"precision='half'\. It is 'double' or 'single'"):
        LocalDevice(precision="half")

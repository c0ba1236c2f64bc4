"""QNodes in pickles, copies and other processes."""

from __future__ import annotations

import copy
import functools
import json
import os
import pickle
import sys

import numpy as np
import pytest
from children import finished, start

import qgate as qg
from qgate.exceptions import NotPicklable
from qgate.findable import make_findable, name_in_module

DEVICES = ("local", "local?seed=3", "qiskit:aer", "qiskit:fake_manila", "braket:local")

MODULE = """
import functools
import qgate as qg

@qg.qnode("local")
def circuit(angle):
    qg.RX(angle, wires=0)
    return qg.expval(qg.Z(0))

@qg.set_shots(50)
@qg.qnode("local?seed=1")
def seeded(angle):
    qg.RX(angle, wires=0)
    return qg.expval(qg.Z(0))

def logged(function):
    @functools.wraps(function)
    def wrapper(*args):
        return function(*args)
    return wrapper

@logged
@qg.qnode("local")
def wrapped(angle):
    qg.RX(angle, wires=0)
    return qg.expval(qg.Z(0))

def plain(angle):
    qg.RX(angle, wires=0)
    return qg.expval(qg.Z(0))

bound = qg.QNode(plain, "local")
gradient = qg.grad(circuit, argnums=0)
"""

POOL = """
if __name__ == "__main__":
    import multiprocessing
    import circuits
    start = multiprocessing.get_context(sys.argv[1])
    with start.Pool(2) as pool:
        values = [
            pool.map_async(function, [0.1, 0.2]).get(600)
            for function in (circuits.circuit, circuits.bound, circuits.wrapped, circuits.gradient)
        ]
    tell([list(map(float, each)) for each in values])
"""

BY_VALUE = """
import cloudpickle
import qgate as qg

@qg.qnode("local")
def circuit(angle):
    qg.RX(angle, wires=0)
    return qg.expval(qg.Z(0))

tell(cloudpickle.dumps(circuit).hex())
"""

LOADED = """
circuit = pickle.loads(bytes.fromhex(sys.argv[1]))
tell(float(circuit(0.4)))
"""


def plus():
    qg.Hadamard(wires=0)
    qg.Hadamard(wires=1)
    return qg.sample(wires=[0, 1])


@qg.qnode("local")
def decorated(angle):
    qg.RX(angle, wires=0)
    return qg.expval(qg.Z(0))


def pickled(value):
    return pickle.loads(pickle.dumps(value))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "circuits.py").write_text(MODULE)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    sys.modules.pop("circuits", None)


def told(program):
    output, errors = finished(program)
    assert program.returncode == 0, output + errors
    return json.loads(output.splitlines()[-1])


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, pickled])
@pytest.mark.parametrize("config", DEVICES)
def test_a_qnode_of_every_device_is_copied(config, copied):
    qnode = qg.QNode(plus, qg.device(config, shots=40), diff_method="parameter-shift")
    before = qnode()

    again = copied(qnode)

    assert (again.diff_method, again.shots, again.device.name) == (
        qnode.diff_method,
        qnode.shots,
        qnode.device.name,
    )
    if copied is copy.copy:
        assert again.device is qnode.device
        return
    assert np.array_equal(again(), before) == ("seed" in config)


def pickled_by_an_old_protocol(value):
    return pickle.loads(pickle.dumps(value, protocol=2))


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, pickled, pickled_by_an_old_protocol])
def test_a_decorated_function_keeps_its_derivatives_and_its_name(copied):
    decorated(0.3)
    gradient = qg.grad(decorated, argnums=0)

    again, again_gradient = copied(decorated), copied(gradient)

    assert float(again(0.3)) == pytest.approx(np.cos(0.3))
    assert float(again_gradient(0.3)) == pytest.approx(-np.sin(0.3))
    assert again.__name__ == "decorated"
    assert name_in_module(again.func) == "decorated"
    assert again.tape.num_wires == 1


def test_a_function_that_no_decorator_has_replaced_keeps_its_name():
    def local():
        pass

    for function in (plus, local, len, functools.partial(plus)):
        before = getattr(function, "__qualname__", None)
        make_findable(function)
        assert getattr(function, "__qualname__", None) == before


def test_a_module_that_was_changed_meanwhile_is_left_alone(folder):
    import circuits

    function = circuits.circuit.func
    circuits.circuit = None
    make_findable(function)

    assert function.__qualname__ == "circuit"


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_pools_of_processes_map_qnodes_and_gradients(folder, method):
    if method == "fork" and not hasattr(os, "fork"):
        pytest.skip("nothing forks here")

    (folder / "program.py").write_text(POOL)
    values = told(start(f"exec(open({str(folder / 'program.py')!r}).read())", method))

    cosines, sines = np.cos([0.1, 0.2]), -np.sin([0.1, 0.2])
    assert np.allclose(values, [cosines, cosines, cosines, sines])


def test_programs_that_write_functions_down_whole_can_send_those_of_a_script():
    pytest.importorskip("cloudpickle")

    content = told(start(BY_VALUE))

    assert told(start(LOADED, content)) == pytest.approx(np.cos(0.4))


def test_seeded_copies_begin_their_sequence_anew(folder):
    import circuits

    first, second = circuits.seeded(0.5), circuits.seeded(0.5)
    again = pickled(circuits.seeded)

    assert [again(0.5), again(0.5)] == [first, second]


def one_turn(angle):
    qg.RX(angle, wires=0)


@qg.estimate
@qg.qnode("local?seed=1", shots=1000)
def estimated(angle):
    qg.RX(angle, wires=0)
    return qg.expval(qg.Z(0))


X = qg.numpy.array([0.3], requires_grad=True)


@qg.qnode("local", diff_method="parameter-shift")
def turned(angles):
    qg.RX(angles[0], wires=0)
    return qg.expval(qg.Z(0))


@qg.qnode("local")
def read(angles):
    qg.RX(angles[0], wires=0)
    return qg.probs(wires=0)


RETURNED = {
    "plan": (qg.plan(decorated), (0.3,)),
    "submit": (qg.submit(decorated), (0.3,)),
    "estimate": (qg.estimate(qg.QNode(plus, "local", shots=10)), None),
    "decorated by estimate": (estimated, (0.3,)),
    "gradient_estimate": (qg.gradient_estimate(turned, budget=1000), (X,)),
    "param_shift": (qg.gradients.param_shift(turned), (X,)),
    "finite_diff": (qg.gradients.finite_diff(turned, h=1e-5), (X,)),
    "metric_tensor": (qg.metric_tensor(turned), (X,)),
    "adjoint_metric_tensor": (qg.adjoint_metric_tensor(turned), (X,)),
    "param_shift_hessian": (qg.gradients.param_shift_hessian(turned), (X,)),
    "quantum_fisher": (qg.gradients.quantum_fisher(turned), (X,)),
    "classical_fisher": (qg.gradients.classical_fisher(read), (X,)),
    "classical_jacobian": (qg.gradients.classical_jacobian(turned), (X,)),
    "explain": (qg.gradients.explain(decorated), (0.3,)),
    "circuit_spectrum": (qg.fourier.circuit_spectrum(decorated), (0.3,)),
    "qnode_spectrum": (qg.fourier.qnode_spectrum(turned, argnum=0), ([0.3],)),
    "reconstruct": (
        qg.fourier.reconstruct(decorated, nums_frequency={"angle": {(): 1}}),
        (0.3,),
    ),
    "matrix": (qg.matrix(one_turn), (0.3,)),
    "eigvals": (qg.eigvals(one_turn), (0.3,)),
    "generator": (qg.generator(qg.RX), (0.3, 0)),
    "map_wires": (qg.matrix(qg.map_wires(one_turn, {0: 1})), (0.3,)),
    "adjoint": (qg.matrix(qg.adjoint(one_turn)), (0.3,)),
    "ctrl": (qg.matrix(qg.ctrl(one_turn, control=1)), (0.3,)),
    "pow": (qg.matrix(qg.pow(one_turn, 2)), (0.3,)),
    "adjoint of a gate": (qg.matrix(qg.adjoint(qg.RX)), (0.3, 0)),
}


@pytest.mark.parametrize("copied", [copy.deepcopy, pickled, pickled_by_an_old_protocol])
@pytest.mark.parametrize("name", RETURNED)
def test_what_a_function_returns_for_a_circuit_is_copied(name, copied):
    function, args = RETURNED[name]

    again = copied(function)

    assert again.__name__ == function.__name__
    if args is not None and "estimate" not in name:
        found, expected = again(*args), function(*args)
        if name == "submit":
            found, expected = found.result(60), expected.result(60)
        assert comparable(found) == comparable(expected)


def comparable(found):
    return np.asarray(found).tolist() if isinstance(found, np.ndarray) else str(found)


@pytest.mark.parametrize("copied", [copy.deepcopy, pickled])
def test_a_plan_is_copied_and_runs_what_it_planned(copied):
    planned = qg.plan(qg.grad(turned))(X)

    again = copied(planned)

    assert str(again) == str(planned)
    assert float(again.run()[0]) == pytest.approx(-np.sin(0.3))


def test_a_call_in_the_background_and_a_run_are_not_copied(tmp_path):
    with qg.run("copied", journal=tmp_path / "journal.db") as run:
        handle = qg.submit(decorated)(0.3)
        handle.result(60)
        for held, text in ((run, "The run 'copied'"), (handle, "A call in the background")):
            for copied in (copy.deepcopy, pickled):
                with pytest.raises(NotPicklable, match=text):
                    copied(held)


def test_a_decorator_copies_nothing_private_of_a_returned_function():
    transformed = qg.gradients.param_shift(qg.QNode(lambda x: qg.expval(qg.Z(0)), "local"))

    assert {name for name in vars(transformed) if not name.startswith("__")} == set()

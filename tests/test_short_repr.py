"""Texts of public objects: one short line, without addresses and bytes."""

from __future__ import annotations

from dataclasses import dataclass
from types import BuiltinFunctionType, FunctionType, ModuleType

import numpy as np
import pytest
from shop import ShopDevice

import qgate as qg
from qgate.devices.braket import provider as braket
from qgate.devices.job import FinishedJob
from qgate.devices.local import provider as local_provider
from qgate.jobs.journal import MEMORY, Journal
from qgate.short_repr import MOST_CHARACTERS, fields_summary, shortened, summary

LONGEST_LINE = 300

OF_PYTHON = (ModuleType, FunctionType, BuiltinFunctionType, dict, tuple, list, frozenset)
"""Types whose texts are Python's own."""

NEVER_MADE = {"QueuingManager", "TapeDetails"}
"""Classes without objects of their own: a namespace, and the base class of tapes."""


def members():
    """Yield every public name of qgate and of its public modules, with its value."""
    modules = [getattr(qg, name) for name in qg.__all__]
    for module in [qg, *(each for each in modules if isinstance(each, ModuleType))]:
        if module in (qg.numpy, qg.math, qg.qnn):  # functions of numpy; layers load frameworks
            continue
        for name in getattr(module, "__all__", ()):
            yield f"{module.__name__}.{name}", getattr(module, name)


def is_readable(text):
    lines = text.splitlines()
    return " at 0x" not in text and "\\x" not in text and max(map(len, lines)) <= LONGEST_LINE


def test_no_public_object_shows_its_address():
    objects = {name: each for name, each in members() if not isinstance(each, (type, *OF_PYTHON))}

    assert len(objects) > 20
    assert [name for name, each in objects.items() if not is_readable(repr(each))] == []


def test_objects_of_every_public_class_have_a_text():
    classes = {name: each for name, each in members() if type(each) in (type, type(Journal))}

    without = {
        name.rpartition(".")[2]
        for name, each in classes.items()
        if each.__repr__ is object.__repr__
    }
    assert len(classes) > 50
    assert {name.rpartition(".")[2] for name in without} <= NEVER_MADE


@pytest.fixture
def made(tmp_path):
    """Objects that users get, by name."""
    local = qg.device("local", wires=2)
    shop = ShopDevice(str(tmp_path / "shop.db"))

    @qg.qnode(local)
    def circuit(x):
        qg.RX(x[0], 0)
        qg.RY(x[1], 1)
        return qg.expval(qg.Z(0) @ qg.Z(1))

    start = qg.numpy.array([0.1, 0.2], requires_grad=True)
    paid = circuit.update(device=shop, diff_method="parameter-shift")
    sampled = circuit.update(device=qg.device("local?shots=10&seed=1"))
    budget = qg.Budget(shots=10_000, usd=20)
    with qg.Tracker() as tracker, qg.run("mine", tmp_path / "j.db", budget=budget) as run:
        paid(start)
    call = qg.submit(circuit)(start)
    call.result()
    minimum = qg.minimize(circuit, start, steps=60)
    with qg.queuing.AnnotatedQueue() as queue:
        qg.X(0)
    rotations = [qg.RX(0.1, wire) for wire in range(40)]
    return {
        "devices": [local, shop, local.capabilities, local.engine, qg.device("qiskit:aer")],
        "providers": [local_provider, braket],
        "records": list(qg.list_devices("ibm")),
        "cards": [each.card for each in qg.list_devices("ibm")],
        "derivatives": [qg.grad(circuit), qg.jacobian(qg.grad(circuit), argnums=[0])],
        "functions": [qg.value_and_grad(circuit), qg.vjp, qg.plan(circuit), qg.submit(circuit)],
        "made": [qg.adjoint(circuit.func), qg.ctrl(qg.RX, 0), qg.cond(True, circuit.func)],
        "transforms": [qg.metric_tensor(circuit), qg.gradients.param_shift(circuit)],
        "run": [run, run.records[0], run.journal, run.spent, tracker, qg.Tracker(local)],
        "calls": [call, qg.plan(paid)(start), FinishedJob([], id="7")],
        "optimizers": [qg.AdamOptimizer(0.1), qg.SPSAOptimizer(maxiter=10), qg.QNGOptimizer()],
        "training": [minimum, minimum.history, minimum.history.records[0]],
        "estimates": [qg.estimate(sampled, budget=100)(start)],
        "gradients": [qg.gradient_estimate(sampled, budget=900)(start)],
        "circuit": [circuit, circuit.tape, circuit.tape.sweep(), circuit.tape.structure, queue],
        "long": [qg.QuantumTape(rotations, [qg.expval(qg.Z(0))]), qg.tape.Tape(rotations, [])],
        "counts": [qg.specs(circuit)(start), qg.specs(circuit)(start).resources],
        "explained": [circuit.explain(start)],
        "shots": [circuit.update(shots=[10, 20] * 200).shots],
        "shadow": [qg.ClassicalShadow(np.zeros((500, 3), int), np.ones((500, 3), int))],
        "settings": [qg.Budget(7), qg.Wires([0, 1]), qg.from_qasm("OPENQASM 3; qubit q; x q;")],
    }


def test_what_users_get_is_shown_in_short_lines_without_addresses(made):
    shown = {
        f"{kind}: {type(each).__name__}": repr(each)
        for kind, listed in made.items()
        for each in listed
        if not isinstance(each, OF_PYTHON)
    }

    assert {name: text for name, text in shown.items() if not is_readable(text)} == {}


def test_texts_say_what_was_spent(made):
    run, record, _, _, tracker, _ = made["run"]

    assert repr(run).endswith(
        "j.db: 1 submissions, 100 shots, 0.40 USD of Budget(shots=10000, usd=20.0)>"
    )
    assert "state='done', usd=0.4, job='1'" in repr(record)
    assert tracker.usd == tracker.totals["usd"] == 0.4
    assert "shots=100, usd=0.4" in repr(tracker)


def test_a_run_whose_journal_is_gone_has_a_text(tmp_path):
    run = qg.run("mine", tmp_path / "j.db")
    (tmp_path / "j.db").write_bytes(b"no journal" * 1000)

    assert "mine" in repr(run)


def test_optimizers_show_the_arguments_that_make_them_again():
    assert repr(qg.GradientDescentOptimizer(0.1)) == "GradientDescentOptimizer(stepsize=0.1)"
    assert repr(qg.grad(test_shortened_values)) == "<grad of test_shortened_values>"


def test_shortened_values():
    assert shortened(b"\x00" * 4000) == "4000 bytes"
    assert shortened(np.arange(3)) == "array([0, 1, 2])"
    assert shortened(np.zeros((3, 4))) == "array(3, 4)"
    assert shortened(np.float64(0.5)) == "0.5"
    assert shortened({"d", "c", "a", "b", "e"}) == "{a, b, c, d, ... 5 in all}"
    assert shortened([1] * 9) == "[1, 1, 1, 1, ...]"
    assert shortened(object()) == "<object>"
    assert shortened(Journal(MEMORY).find) == "find"


@dataclass
class Facts:
    name: str
    number: int = 3
    more: tuple[str, ...] = ()

    __repr__ = fields_summary


def test_fields_at_their_defaults_and_beyond_the_limit_are_left_out():
    assert repr(Facts("x")) == "Facts(name='x')"
    assert repr(Facts("x", 4)) == "Facts(name='x', number=4)"
    text = summary(Facts("x"), of="mine", **{f"fact{i}": "x" * 60 for i in range(9)})
    assert text.startswith("<Facts mine: fact0='xx")
    assert text.endswith("x', ...>")
    assert len(text) < MOST_CHARACTERS + 20

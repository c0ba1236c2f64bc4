"""A fingerprint is the same in every process, and differs for any other content."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

import qgate as qg
from qgate.jobs.digest import digest_of
from qgate.tape import Tape


def sweep(angle=0.1, *, wires=(0, "a"), shots=10, gate=qg.RX, word=None, coefficient=0.5):
    word = qg.Z(wires[0]) if word is None else word
    gates = [gate(angle, wires[0]), qg.CNOT(wires), qg.QubitUnitary(np.eye(2), wires[1])]
    return Tape(gates, [qg.expval(coefficient * word)], shots=shots).sweep()


def test_equal_sweeps_have_one_fingerprint():
    assert digest_of([sweep()]) == digest_of([sweep()])
    assert len(digest_of([sweep()])) == 64


@pytest.mark.parametrize(
    "other",
    [
        [sweep(0.1 + 1e-16 * 2)],
        [sweep(wires=("a", 0))],
        [sweep(wires=("0", "a"))],
        [sweep(shots=11)],
        [sweep(shots=None)],
        [sweep(gate=qg.RY)],
        [sweep(word=qg.X(0))],
        [sweep(coefficient=0.25)],
        [sweep(), sweep()],
        [],
    ],
)
def test_anything_else_has_another(other):
    assert digest_of(other) != digest_of([sweep()])


PRINT = """
import qgate as qg
from qgate.jobs.digest import digest_of
from qgate.tape import Tape
gates = [qg.RX(0.1, "a"), qg.ctrl(qg.RY(0.2, 1), control="a"), qg.QubitUnitary([[0, 1], [1, 0]], 2)]
print(digest_of([Tape(gates, [qg.expval(0.5 * qg.Z("a") @ qg.X(1)), qg.probs()], shots=3).sweep()]))
"""


def test_it_is_the_same_in_every_process():
    found = {
        subprocess.run(
            [sys.executable, "-c", PRINT],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(found) == 1


def words():
    gates = [qg.RY(0.1, 0), qg.CNOT([0, 1])]
    return gates, [qg.expval(qg.Z(0) @ qg.Z(1) + 0.5 * qg.X(0))]


def counted():
    return [qg.Hadamard(0)], [qg.counts(wires=[0], all_outcomes=True), qg.sample(qg.X(1))]


def wrapped():
    gates = [
        qg.QubitUnitary(np.array([[0, 1], [1, 0]], dtype=complex), 0),
        qg.ctrl(qg.S(0), [1, 2]),
        qg.exp(qg.X(0) @ qg.Y(1), 0.3j),
        qg.MultiControlledX([0, 1, 2], [0, 1]),
        qg.adjoint(qg.T(0)),
    ]
    return gates, [qg.expval(qg.Hadamard(0) @ qg.X(1) + qg.Z(2))]


@pytest.mark.parametrize(
    ("circuit", "known"),
    [
        (words, "09737a36b2932a65"),
        (counted, "261b7e10cbcd6df3"),
        (wrapped, "b54695cab79295b2"),
    ],
)
def test_a_fingerprint_is_that_of_the_version_that_wrote_the_journal(circuit, known):
    operations, measurements = circuit()

    assert digest_of([Tape(operations, measurements, shots=10).sweep()]).startswith(known)

"""Random numbers that no other process or copy repeats."""

from __future__ import annotations

import copy
import os
import pickle

import numpy as np
import pytest
from children import answer

from qgate.devices.draws import Draws

IN_CHILDREN = """
from qgate.devices.draws import Draws

seed = json.loads(sys.argv[1])
draws = Draws(seed)
if sys.argv[2] == "used":
    draws.generator.integers(2**60)

def number():
    return int(draws.generator.integers(2**60))

tell([in_child(number), in_child(number), in_child(lambda: in_child(number)), number()])
"""

OF_DEVICES = """
import qgate as qg

device = qg.device(sys.argv[1])

@qg.qnode(device)
def circuit():
    for wire in range(3):
        qg.Hadamard(wires=wire)
    return qg.sample(wires=range(3))

def bits():
    return circuit().tolist()

bits()
tell([in_child(bits), in_child(bits), bits()])
"""

forking = pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")


def all_differ(found):
    return len(set(map(str, found))) == len(found)


def test_a_seed_gives_the_numbers_that_numpy_gives():
    expected = np.random.default_rng(7).integers(2**60, size=3)

    assert Draws(7).generator.integers(2**60, size=3).tolist() == expected.tolist()


def test_a_restart_depends_on_the_seed_and_the_token():
    def first(seed, token):
        draws = Draws(seed)
        draws.restart(token)
        return int(draws.generator.integers(2**60))

    assert first(1, "a") == first(1, "a")
    assert all_differ([first(1, "a"), first(1, "b"), first(2, "a"), first(None, "a")])


@pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))]
)
def test_a_copy_begins_anew(copied):
    seeded, unseeded = Draws(3), Draws()
    first, other = seeded.generator.integers(2**60), unseeded.generator.integers(2**60)

    assert copied(seeded).generator.integers(2**60) == first
    assert copied(unseeded).generator.integers(2**60) != other


@forking
@pytest.mark.parametrize("seed", ["null", "5"])
@pytest.mark.parametrize("state", ["new", "used"])
def test_no_child_repeats_the_parent_or_another_child(seed, state):
    assert all_differ(answer(IN_CHILDREN, seed, state))


@forking
def test_a_seed_gives_children_the_same_numbers_again():
    assert answer(IN_CHILDREN, 5, "new") == answer(IN_CHILDREN, 5, "new")


@forking
@pytest.mark.parametrize("seed", ["", "&seed=4"])
@pytest.mark.parametrize("name", ["local", "qiskit:aer", "braket:local"])
def test_devices_draw_other_shots_in_every_child(name, seed):
    assert all_differ(answer(OF_DEVICES, f"{name}?shots=60{seed}"))

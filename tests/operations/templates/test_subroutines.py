"""Fourier transform, diffusion and permutation against their definitions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qgate.exceptions import InvalidParameters
from qgate.operations.templates.base import Template
from qgate.operations.templates.subroutines import QFT, GroverOperator, Permute


def by_gates(template):
    return Template.canonical_matrix(template, (), np)


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_qft_is_the_inverse_discrete_fourier_transform(n):
    expected = np.fft.ifft(np.eye(2**n), norm="ortho")

    template = QFT(wires=range(n))

    np.testing.assert_allclose(template.matrix(), expected, atol=1e-12)
    np.testing.assert_allclose(by_gates(template), expected, atol=1e-12)


@pytest.mark.parametrize("n", [2, 3, 4])
def test_grover_operator_reflects_about_the_uniform_state(n):
    uniform = np.full(2**n, 2 ** (-n / 2))
    expected = 2 * np.outer(uniform, uniform) - np.eye(2**n)

    template = GroverOperator(wires=range(n), work_wires="w")

    np.testing.assert_allclose(template.matrix(), expected, atol=1e-12)
    np.testing.assert_allclose(by_gates(template), expected, atol=1e-12)
    assert list(template.wires) == list(range(n))


@pytest.mark.parametrize(("wires", "work"), [([0], []), ([0, 1], [1])])
def test_grover_operator_refuses_one_wire_and_shared_work_wires(wires, work):
    with pytest.raises(InvalidParameters, match="at least two wires"):
        GroverOperator(wires=wires, work_wires=work)


@given(st.integers(2, 5).flatmap(lambda n: st.permutations(range(n))))
@settings(deadline=None, max_examples=30)
def test_permute_brings_the_state_of_each_named_wire_to_its_place(order):
    n = len(order)
    labels = [f"q{index}" for index in range(n)]

    template = Permute([labels[index] for index in order], wires=labels)

    for basis in range(2**n):
        bits = [basis >> (n - 1 - k) & 1 for k in range(n)]
        moved = int("".join(str(bits[index]) for index in order), 2)
        assert template.matrix()[moved, basis] == 1
    assert len(template.decomposition()) < n


@pytest.mark.parametrize(("order", "wires"), [([0, 1], [0, 2]), ([0], [0]), ([0, 1, 2], [0, 1])])
def test_permute_refuses_other_wires(order, wires):
    with pytest.raises(InvalidParameters, match="Name the same wires"):
        Permute(order, wires=wires)


def test_a_permutation_keeps_its_meaning_on_other_wires():
    moved = Permute([1, 2, 0], wires=[0, 1, 2]).map_wires({0: "a", 1: "b", 2: "c"})

    assert moved == Permute(["b", "c", "a"], wires=["a", "b", "c"])

"""Reference states, excitations and active spaces."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qgate as qg
from qgate.exceptions import InvalidParameters

qchem = qg.qchem


@given(electrons=st.integers(1, 6), more=st.integers(0, 6))
def test_the_lowest_orbitals_are_occupied_in_every_encoding(electrons, more):
    count = electrons + more
    occupied = [1] * electrons + [0] * more

    assert qchem.hf_state(electrons, count).tolist() == occupied
    assert qchem.hf_state(electrons, count, "parity").tolist() == [
        sum(occupied[: j + 1]) % 2 for j in range(count)
    ]
    # Qubit j of Bravyi and Kitaev sums as many orbitals as the lowest zero bit of j stands for.
    assert qchem.hf_state(electrons, count, " Bravyi_Kitaev").tolist() == [
        sum(occupied[j + 1 - (~j & (j + 1)) : j + 1]) % 2 for j in range(count)
    ]


def test_excitations_keep_or_change_the_spin():
    assert qchem.excitations(2, 4) == ([[0, 2], [1, 3]], [[0, 1, 2, 3]])
    assert qchem.excitations(2, 4, delta_sz=1) == ([[1, 2]], [])
    assert qchem.excitations(2, 5, -2) == ([], [])
    singles, doubles = qchem.excitations(3, 6)
    assert singles == [[0, 4], [1, 3], [1, 5], [2, 4]]
    assert all((s + r - q - p) % 2 == 0 and s < r < q < p for s, r, q, p in doubles)


def test_excitations_are_the_wires_of_uccsd():
    singles, doubles = qchem.excitations(2, 4)
    s_wires, d_wires = qchem.excitations_to_wires(singles, doubles)

    assert s_wires == [[0, 1, 2], [1, 2, 3]]
    assert d_wires == [[[0, 1], [2, 3]]]
    assert qchem.excitations_to_wires(singles, [], list("abcd"))[0] == [list("abc"), list("bcd")]
    state = qchem.hf_state(2, 4)

    @qg.qnode("local")
    def number(weights):
        qg.UCCSD(weights, range(4), s_wires, d_wires, state)
        return qg.expval(qg.sum(*(0.5 * (qg.I(w) - qg.Z(w)) for w in range(4))))

    assert number(np.array([0.1, 0.2, 0.3])) == pytest.approx(2.0)


def test_an_active_space_leaves_core_orbitals_filled():
    assert qchem.active_space(10, 7) == ([], list(range(7)))
    assert qchem.active_space(10, 7, active_electrons=4, active_orbitals=3) == (
        [0, 1, 2],
        [3, 4, 5],
    )
    assert qchem.active_space(3, 5, mult=2, active_electrons=1) == ([0], [1, 2, 3, 4])


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: qchem.hf_state(0, 4), "electrons=0"),
        (lambda: qchem.hf_state(5, 4), "electrons=5"),
        (lambda: qchem.hf_state(2, 4, "parit"), "Did you mean 'parity'"),
        (lambda: qchem.excitations(4, 4), "more spin orbitals"),
        (lambda: qchem.excitations(2, 4, 3), "delta_sz=3"),
        (lambda: qchem.excitations_to_wires([], []), "neither"),
        (lambda: qchem.excitations_to_wires([[0, 1, 2]], []), "singles"),
        (lambda: qchem.excitations_to_wires([[0, 2]], [], [0, 1]), "2 wires for 3"),
        (lambda: qchem.active_space("a", 4), "electrons='a'"),
        (lambda: qchem.active_space(4, 4, active_electrons=3), "active_electrons=3"),
        (lambda: qchem.active_space(4, 4, active_electrons=6), "active_electrons=6"),
        (lambda: qchem.active_space(4, 4, active_electrons=2, active_orbitals=4), "orbitals=4"),
    ],
)
def test_wrong_use_is_refused(call, text):
    with pytest.raises(InvalidParameters, match=text):
        call()


def test_excitations_are_fermionic_words():
    singles, doubles = qchem.excitations(2, 4, fermionic=True)

    assert singles == [qg.FermiC(0) * qg.FermiA(2), qg.FermiC(1) * qg.FermiA(3)]
    assert doubles == [qg.FermiC(0) * qg.FermiC(1) * qg.FermiA(2) * qg.FermiA(3)]

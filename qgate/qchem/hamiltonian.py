r"""Hamiltonian of the electrons of a molecule as a sum of Pauli words.

With the operators :math:`E_{pq} = \sum_\sigma a^\dagger_{p\sigma} a_{q\sigma}` of real orbitals,

.. math:: H = E_0 + \sum_{pq} t_{pq} E_{pq} + \tfrac12 \sum_{pqrs} (pq|rs) E_{pq} E_{rs},
          \quad t_{pq} = h_{pq} - \tfrac12 \sum_r (pr|rq),

only the sums :math:`E_{pq} + E_{qp}` occur, each of which is at most four words in the encoding of
Jordan and Wigner. Reference: Helgaker, Jørgensen and Olsen, Molecular Electronic-Structure Theory
(2000), chapter 2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from qgate.exceptions import InvalidParameters, described
from qgate.fermi.encodings import encoded, encoding
from qgate.operations.operator import Operator
from qgate.operations.pauli import PauliSum
from qgate.qchem.molecule import Integrals, Molecule
from qgate.qchem.reference import active_space
from qgate.typing import Tensor, Wire, WiresLike
from qgate.wires import Wires

METHODS = ("dhf", "pyscf", "openfermion")
"""PennyLane's names of Hartree-Fock solvers; PySCF does the calculation for all of them."""

CUTOFF = 1e-12
"""Words with weights up to this are left out, in hartree."""


def molecular_hamiltonian(
    symbols: Molecule | Sequence[str] | None = None,
    coordinates: Tensor = None,
    unit: str = "bohr",
    name: str = "molecule",
    charge: int = 0,
    mult: int = 1,
    basis: str = "sto-3g",
    method: str = "dhf",
    active_electrons: int | None = None,
    active_orbitals: int | None = None,
    mapping: str = "jordan_wigner",
    outpath: str = ".",
    wires: WiresLike | Mapping[int, Wire] | None = None,
    alpha: None = None,
    coeff: None = None,
    args: None = None,
    load_data: bool = False,
    convert_tol: float = 1e12,
    *,
    molecule: Molecule | None = None,
) -> tuple[Operator, int]:
    """Return the Hamiltonian of the electrons of a molecule, and its number of qubits.

    Parameters
    ----------
    symbols : Molecule, or sequence of str
        A molecule, or the symbols of its N atoms. The name ``molecule`` is accepted as well.
    coordinates : array, shape (N, 3) or (3 N,)
        Only if there is no ``Molecule``; as are ``unit`` ("bohr" or "angstrom"), ``name``,
        ``charge``, ``mult`` and ``basis``.
    method : {"dhf", "pyscf", "openfermion"}
        Accepted for compatibility with PennyLane: PySCF solves the Hartree-Fock equations in any
        case, restricted open-shell ones if electrons are unpaired.
    active_electrons, active_orbitals : int, optional
        Active space; default all electrons and orbitals.
    mapping : {"jordan_wigner", "parity", "bravyi_kitaev"}
        Encoding of spin orbitals in qubits.
    wires : wires or mapping, optional
        Label of each qubit; default numbers from 0.
    alpha, coeff, args : None
        Not available: the Hamiltonian is not differentiated by its geometry and basis set.
    outpath, load_data, convert_tol
        Accepted for compatibility with PennyLane, without effect.

    Returns
    -------
    hamiltonian : PauliSum
        In hartree, the repulsion of the nuclei included.
    qubits : int
        Twice the number of active orbitals.

    Raises
    ------
    InvalidParameters
        An argument is wrong, or there is no such active space.
    MissingExtra
        PySCF is not installed. Install ``qgate[qchem]``.

    Examples
    --------
    >>> import qgate as qg
    >>> hamiltonian, qubits = qg.qchem.molecular_hamiltonian(["H", "H"], [0, 0, 0, 0, 0, 1.4])
    >>> qubits, len(hamiltonian)
    (4, 15)
    >>> lowest = qg.eigvals(hamiltonian).min()
    >>> print(round(float(lowest), 4))
    -1.1373
    """
    if not all(item is None for item in (alpha, coeff, args)):
        raise InvalidParameters(
            "molecular_hamiltonian was given alpha, coeff or args. It cannot be differentiated by "
            "geometry or basis set. Leave them out, and differentiate the energy by finite "
            "differences of the coordinates."
        )
    if method not in METHODS:
        raise InvalidParameters(
            f"molecular_hamiltonian was given method={described(method)}. Give one of "
            f"{', '.join(METHODS)}."
        )
    given = symbols if molecule is None else molecule
    if not isinstance(given, Molecule):
        options = {"charge": charge, "mult": mult, "basis_name": basis, "name": name, "unit": unit}
        given = Molecule(given, coordinates, **options)  # type: ignore[arg-type]  # checked there
    elif coordinates is not None:
        raise InvalidParameters(
            "molecular_hamiltonian was given a Molecule and coordinates. Give one of them."
        )
    core, active = active_space(
        given.n_electrons, given.n_orbitals, given.mult, active_electrons, active_orbitals
    )
    count = 2 * len(active)
    matrix = encoding("molecular_hamiltonian", "mapping", mapping, count)
    labels = _labels(wires, count)
    words = jordan_wigner(given.integrals(core, active))
    return encoded(words, matrix).map_wires(dict(enumerate(labels))), count


def jordan_wigner(integrals: Integrals) -> PauliSum:
    """Return the Hamiltonian of some integrals in the encoding of Jordan and Wigner."""
    count = len(integrals.one)
    pairs = [(p, q) for p in range(count) for q in range(p, count)]
    hops = [_hop(p, q, count) for p, q in pairs]
    mean = integrals.one - 0.5 * np.einsum("prrq->pq", integrals.two)
    first, second = np.array(pairs).T
    terms = [
        PauliSum.identity(integrals.core, range(2 * count)),
        PauliSum.weighted(mean[first, second], hops),
    ]
    for (p, q), hop in zip(pairs, hops, strict=True):
        other = PauliSum.weighted(0.5 * integrals.two[p, q, first, second], hops).simplify(CUTOFF)
        terms.append(hop.times(other))
    return PauliSum.total(terms).real().simplify(CUTOFF).expanded(Wires(range(2 * count)))


def _hop(p: int, q: int, count: int) -> PauliSum:
    """Return E_pq + E_qp, or E_pp; spin orbitals 2 p and 2 p + 1 belong to p."""
    terms = []
    for spin in range(2):
        low, high = 2 * p + spin, 2 * q + spin
        if p == q:
            terms += [PauliSum.identity(0.5), PauliSum.word({low: "Z"}, -0.5)]
            continue
        places = range(low, high + 1)
        for end in "XY":
            letters = [end, *["Z"] * (high - low - 1), end]
            terms.append(PauliSum.word(dict(zip(places, letters, strict=True)), 0.5))
    return PauliSum.total(terms).expanded(Wires(range(2 * count)))


def _labels(wires: WiresLike | Mapping[int, Wire] | None, count: int) -> Sequence[Wire]:
    """Return the label of each qubit."""
    if isinstance(wires, Mapping):
        return Wires([wires.get(qubit, qubit) for qubit in range(count)])
    labels = Wires(range(count) if wires is None else wires)
    if len(labels) < count:
        raise InvalidParameters(
            f"molecular_hamiltonian was given {len(labels)} wires for {count} qubits. Give one for "
            "each."
        )
    return labels[:count]

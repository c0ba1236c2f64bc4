"""Random circuits of all operations, and dense matrices for comparison."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import scipy.linalg
from hypothesis import strategies as st

import qgate as qg
from qgate.devices.local import native
from qgate.devices.local.adjoint import OneAngleGates, preparations_first, state_vjp
from qgate.devices.local.engine import GateByGateEngine
from qgate.devices.local.gates import GATES as ACCEPTED
from qgate.devices.local.plan import plan_of
from qgate.operations.composites import dense_matrix
from qgate.operations.gate import GATES, ROWS
from qgate.tape import Tape
from qgate.transforms.decomposition import decomposition
from qgate.wires import Wires


@pytest.fixture(autouse=True, scope="module")
def all_work_is_shared():
    """Give every simulation the threads of its device, however short it is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(native, "SHARED_NS", 0.0)
        yield


WIRES = Wires(["a", 7, ("t", 1), -1])
"""Labels of every kind."""


class Draw:
    """Angles, matrices and words for one circuit; angles may be batches."""

    def __init__(self, seed: int, batch: int | None) -> None:
        self.random, self.batch = np.random.default_rng(seed), batch

    def angle(self) -> Any:
        batched = self.batch is not None and self.random.random() < 0.6
        return self.random.uniform(-4, 4, size=self.batch if batched else None)

    def angles(self, *shape: int) -> Any:
        batch = () if self.batch is None else (self.batch,)
        return self.random.uniform(-4, 4, size=(*batch, *shape))

    def unitary(self, n: int) -> Any:
        entries = self.random.normal(size=(2, 2**n, 2**n))
        return np.linalg.qr(entries[0] + 1j * entries[1])[0]

    def hermitian(self, n: int) -> Any:
        entries = self.random.normal(size=(2, 2**n, 2**n))
        return (entries[0] + entries[0].T) / 2 + 1j * (entries[1] - entries[1].T) / 2

    def state(self, n: int) -> Any:
        entries = self.random.normal(size=(2, 2**n))
        return (entries[0] + 1j * entries[1]) / np.linalg.norm(entries)

    def bits(self, n: int) -> list[int]:
        return self.random.integers(0, 2, size=n).tolist()

    def word(self, n: int) -> str:
        return "".join(self.random.choice(list("IXYZ"), size=n))


def from_table(name: str) -> Callable[..., Any]:
    row = ROWS[name]

    def apply(draw: Draw, wires: Sequence[Any]) -> Any:
        count = row.wires or int(draw.random.integers(2, len(wires) + 1))
        options = {
            "pauli_word": lambda: draw.word(count),
            "dim": lambda: int(draw.random.integers(0, 2**count + 1)),
            "control_values": lambda: draw.bits(count - 1),
        }
        given = {key: options[key]() for key in row.options if key in options}
        return GATES[name](*(draw.angle() for _ in row.angles), wires=wires[:count], **given)

    return apply


def hamiltonian(w: Sequence[Any]) -> Any:
    return qg.dot([0.4, -0.9, 0.3], [qg.Z(w[0]) @ qg.X(w[1]), qg.X(w[0]), qg.Y(w[2])])


MENU: dict[str, Callable[[Draw, Sequence[Any]], Any]] = {
    **{name: from_table(name) for name in ROWS},
    "QubitUnitary": lambda d, w: qg.QubitUnitary(d.unitary(2), wires=w[:2]),
    "DiagonalQubitUnitary": lambda d, w: qg.DiagonalQubitUnitary(
        np.exp(1j * d.random.uniform(-4, 4, size=8)), wires=w[:3]
    ),
    "ControlledQubitUnitary": lambda d, w: qg.ControlledQubitUnitary(
        d.unitary(1), wires=w[:3], control_values=d.bits(2)
    ),
    "adjoint": lambda d, w: qg.adjoint(qg.CRot(d.angle(), d.angle(), d.angle(), wires=w[:2])),
    "ctrl": lambda d, w: qg.ctrl(
        qg.U3(d.angle(), d.angle(), d.angle(), wires=w[0]), w[1:3], control_values=d.bits(2)
    ),
    "ctrl of a word": lambda d, w: qg.ctrl(qg.X(w[0]) @ qg.Z(w[2]), w[3]),
    "root": lambda d, w: qg.pow(qg.SISWAP(w[:2]), 0.3),
    "power": lambda d, w: qg.pow(qg.IsingXY(d.angle(), wires=w[:2]), -1.7),
    "product": lambda d, w: qg.prod(qg.RX(d.angle(), w[0]), qg.CRY(d.angle(), wires=w[:2])),
    "phase times a gate": lambda d, w: np.exp(0.7j) * qg.RY(d.angle(), w[0]),
    "word": lambda d, w: 1j * qg.X(w[0]) @ qg.Y(w[2]),
    "exp": lambda d, w: qg.exp(hamiltonian(w), 1j * d.angle()),
    "evolve": lambda d, w: qg.evolve(qg.Hermitian(d.hermitian(1), w[1]), d.angle()),
    "QFT": lambda d, w: qg.QFT(w),
    "GroverOperator": lambda d, w: qg.GroverOperator(w[:3]),
    "Permute": lambda d, w: qg.Permute([w[2], w[0], w[1]], wires=w[:3]),
    "IQPEmbedding": lambda d, w: qg.IQPEmbedding(d.angles(3), wires=w[:3]),
    "StronglyEntanglingLayers": lambda d, w: qg.StronglyEntanglingLayers(d.angles(2, 4, 3), w),
    "BasicEntanglerLayers": lambda d, w: qg.BasicEntanglerLayers(d.angles(1, 4), w),
    "TrotterProduct": lambda d, w: qg.TrotterProduct(hamiltonian(w), d.angle(), n=2, order=2),
}


@st.composite
def circuits(draw: Any, batches: Sequence[int | None] = (None, 1, 3), most: int = 5) -> Any:
    """Draw operations on up to four wires, perhaps with a state prepared first."""
    batch, seed = draw(st.sampled_from(batches)), draw(st.integers(0, 10**6))
    names = draw(st.lists(st.sampled_from(sorted(MENU)), max_size=most))
    orders = [draw(st.permutations(WIRES)) for _ in names]
    numbers = Draw(seed, batch)
    first = draw(st.sampled_from(["nothing", "state", "bits", "turns"]))
    start = {
        "nothing": lambda: [],
        "state": lambda: [qg.StatePrep(numbers.state(2), wires=[WIRES[2], WIRES[0]])],
        "bits": lambda: [qg.BasisState(numbers.bits(3), wires=WIRES[1:])],
        "turns": lambda: [qg.RY(numbers.angle(), wire) for wire in WIRES],
    }[first]()
    gates = [MENU[name](numbers, order) for name, order in zip(names, orders, strict=True)]
    return [*start, *gates]


# Dense matrices -------------------------------------------------------------------------


def on_all(matrix: Any, wires: Sequence[Any], order: Sequence[Any]) -> Any:
    """Write a matrix on some wires as one on all of them, by a Kronecker product."""
    rest = [wire for wire in order if wire not in wires]
    whole = np.kron(matrix, np.eye(2 ** len(rest)))
    now = [*wires, *rest]
    axes = [now.index(wire) for wire in order]
    tensor = whole.reshape((2,) * (2 * len(order)))
    return tensor.transpose([*axes, *(len(order) + axis for axis in axes)]).reshape(whole.shape)


def matrix(operator: Any, order: Sequence[Any] = WIRES) -> Any:
    """Return the matrix of an operator on all wires."""
    return on_all(dense_matrix(operator), operator.wires, order)


def member(operator: Any, index: int) -> Any:
    """Return one member of a batch of operators."""
    values = zip(operator.parameters, operator.ndim_params, strict=True)
    return operator.with_parameters([v[index] if np.ndim(v) > n else v for v, n in values])


def state(operations: Sequence[Any], order: Sequence[Any] = WIRES) -> Any:
    """Return the state after operations without a batch, by matrix products."""
    psi = np.zeros(2 ** len(order), dtype=complex)
    psi[0] = 1
    for operation in operations:
        if hasattr(operation, "state_vector"):
            column = np.zeros((2 ** len(operation.wires),) * 2, dtype=complex)
            column[:, 0] = operation.state_vector().ravel()
            psi = on_all(column, operation.wires, order) @ psi
        else:
            psi = matrix(operation, order) @ psi
    return psi


def states(operations: Sequence[Any], order: Sequence[Any] = WIRES) -> Any:
    """Return the state of every member of the batch, shape (K, 2**n)."""
    sizes = {op.batch_size for op in operations} - {None}
    count = sizes.pop() if sizes else 1
    return np.stack([state([member(op, k) for op in operations], order) for k in range(count)])


def reduced(psi: Any, wires: Sequence[Any], order: Sequence[Any] = WIRES) -> Any:
    """Return the density matrix of some wires, by a partial trace."""
    rest = [wire for wire in order if wire not in wires]
    axes = [order.index(wire) for wire in (*wires, *rest)]
    tensor = psi.reshape((2,) * len(order)).transpose(axes).reshape(2 ** len(wires), -1)
    return np.einsum("ir,jr->ij", tensor, tensor.conj())


def entropy(rho: Any) -> float:
    """Return the von Neumann entropy, from the eigenvalues."""
    values = scipy.linalg.eigvalsh(rho)
    values = values[values > 1e-12]
    return float(-np.sum(values * np.log(values)))


# Plans ----------------------------------------------------------------------------------


def on(draw: Draw, n: int) -> Any:
    """Return a random operation on some of n wires, of any family that fits."""
    wires = draw.random.permutation(n).tolist()
    given = {
        "QubitUnitary": lambda: qg.QubitUnitary(draw.unitary(min(n, 3)), wires[:3]),
        "unitary on a bit": lambda: qg.QubitUnitary(draw.unitary(1), wires[0]),
        "fixed": lambda: qg.RX(0.3, wires[0]) if n == 1 else qg.CRY(0.4, wires[:2]),
        "phase": lambda: qg.GlobalPhase(draw.angle(), wires=wires[:3]),
        "wide": lambda: qg.MultiRZ(draw.angle(), wires=wires[:8]),
        "turn": lambda: draw.random.choice([qg.RX, qg.RY, qg.RZ])(draw.angle(), wires[0]),
    }
    fits = [name for name, row in ROWS.items() if (row.wires or 2) <= n]
    names = [*given, "turn", *fits, *(MENU if n >= 4 else ())]
    name = str(draw.random.choice(names))
    if name in given:
        return given[name]()
    return (MENU[name] if name not in ROWS else from_table(name))(
        draw, wires[: 4 if name in MENU else 6]
    )


@st.composite
def sweeps(draw: Any, sizes: Sequence[int], most: int = 16) -> Any:
    """Draw a sweep over random gates on this number of wires, and their order."""
    n, batch = draw(st.sampled_from(sizes)), draw(st.sampled_from([None, None, 1, 3]))
    numbers = Draw(draw(st.integers(0, 10**6)), batch)
    start = draw(st.sampled_from(["nothing", "state", "turns"]))
    operations = []
    if start == "state":
        operations = [qg.StatePrep(numbers.state(min(n, 2)), wires=range(min(n, 2)))]
    elif start == "turns":
        operations = [qg.RY(numbers.angle(), wire) for wire in range(n)]
    operations += [on(numbers, n) for _ in range(draw(st.integers(0, most)))]
    return Tape(operations, [qg.expval(qg.Z(0))]).sweep(), Wires(range(n))


class Planned:
    """A sweep, its plan, and the expected result of the plan, gate by gate."""

    def __init__(self, sweep: Any, order: Wires) -> None:
        self.order, self.rows = order, sweep.rows
        accepts = OneAngleGates(ACCEPTED)
        frozen, decomposed = decomposition(sweep, accepts, device="local")
        self.native, self.angles = decomposed.sweep(frozen), decomposed.angles
        structure = preparations_first(frozen.structure)
        self.plan = plan_of(structure, order)
        if self.plan is None:
            return
        self.numbers, self.phase = self.plan.numbers_for(frozen.arrays)
        self.initial = None
        if self.plan.preparations:
            first = structure.with_operations(self.plan.preparations)
            self.initial = GateByGateEngine().states(first, self.rows, frozen.arrays, order=order)

    def states(self) -> Any:
        """Return the states, (K, 2**n)."""
        native = self.native
        return GateByGateEngine().states(
            native.structure, native.rows, native.arrays, order=self.order
        )

    def slopes(self, bras: Any) -> Any:
        """Return the derivatives of Re <bra|psi>, (K, V, P)."""
        every = range(self.native.structure.num_slots)
        found = state_vjp(GateByGateEngine(), self.native, every, bras, self.order)
        return np.moveaxis(self.angles.pull_back(found), 0, -1)

    def vectors(self, count: int, seed: int) -> Any:
        """Return random vectors, (V, K, 2**n)."""
        shape = (2, count, len(self.rows), 2 ** len(self.order))
        entries = np.random.default_rng(seed).normal(size=shape)
        return entries[0] + 1j * entries[1]


@pytest.fixture(scope="session")
def planned() -> SimpleNamespace:
    """Random sweeps, and their plans."""
    return SimpleNamespace(sweeps=sweeps, of=Planned)


@pytest.fixture(scope="session")
def dense() -> SimpleNamespace:
    """Dense linear algebra, independent of the engine."""
    return SimpleNamespace(
        matrix=matrix, member=member, state=state, states=states, reduced=reduced, entropy=entropy
    )


@pytest.fixture(scope="session")
def drawn() -> SimpleNamespace:
    """Random circuits on ``wires``, from ``menu``."""
    return SimpleNamespace(circuits=circuits, menu=MENU, wires=WIRES, numbers=Draw)

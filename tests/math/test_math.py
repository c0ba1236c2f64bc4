"""``qgate.math`` on arrays of numpy and autograd."""

from __future__ import annotations

import autograd.numpy as anp
import numpy as np
import pytest
import scipy.linalg
import scipy.sparse

import qgate as qg
from qgate import math
from qgate import numpy as qnp
from qgate.exceptions import InvalidParameters, WireError


def random_density(n: int, seed: int, rank: int | None = None) -> np.ndarray:
    parts = np.random.default_rng(seed).normal(size=(2, 2**n, rank or 2**n))
    matrix = (parts[0] + 1j * parts[1]) @ (parts[0] - 1j * parts[1]).T
    return matrix / np.trace(matrix)


RHO, SIGMA = random_density(3, 1), random_density(3, 2)


def test_every_name_of_all_is_there_and_unknown_ones_name_near_ones():
    assert all(callable(getattr(math, name)) for name in math.__all__)
    assert math.pi == np.pi
    assert "eigh" in dir(math.linalg)
    with pytest.raises(AttributeError, match="Did you mean"):
        math.fidelty  # noqa: B018


def test_arrays_of_qgate_numpy_stay_such():
    x = qnp.array([0.3, 0.4])

    assert math.get_interface(x, np.ones(2)) == "autograd"
    assert math.requires_grad(math.sin(x))
    assert math.requires_grad(math.stack([x, np.ones(2)]))
    assert not math.requires_grad(np.ones(2))
    assert not math.in_backprop(x)
    np.testing.assert_allclose(math.linalg.norm(x), 0.5)
    np.testing.assert_allclose(qg.grad(lambda x: math.norm(x))(x), [0.6, 0.8])


def test_values_are_unwrapped_during_differentiation():
    seen = []

    def function(x):
        seen.extend([math.unwrap(x), math.in_backprop(x), math.get_dtype_name(x), math.toarray(x)])
        return math.dot(x, x)

    qg.grad(function, argnums=0)(np.array([1.0, 2.0]))

    np.testing.assert_array_equal(seen[0], [1, 2])
    assert type(math.unwrap([qnp.array([1.0])])[0]) is np.ndarray
    assert seen[1:3] == [True, "float64"]


# States ---------------------------------------------------------------------------------


def test_reduced_states_keep_the_order_of_their_indices():
    parts = [random_density(1, seed) for seed in (3, 4, 5)]
    whole = np.kron(np.kron(*parts[:2]), parts[2])

    batch = np.stack([whole, whole])

    np.testing.assert_allclose(math.reduce_dm(whole, [2, 0]), np.kron(parts[2], parts[0]))
    np.testing.assert_allclose(math.partial_trace(batch, [1])[1], np.kron(parts[0], parts[2]))


def test_a_state_vector_and_its_density_matrix_agree():
    vector = np.linalg.eigh(RHO)[1][:, 0]
    rho = math.dm_from_state_vector(vector)

    found = math.reduce_statevector(np.stack([vector, vector]), [2, 0])

    np.testing.assert_allclose(found[1], math.reduce_dm(rho, [2, 0]), atol=1e-12)
    np.testing.assert_allclose(math.purity(rho, [0, 1, 2]), 1)
    np.testing.assert_allclose(
        math.vn_entanglement_entropy(rho, [0], [1, 2]), math.vn_entropy(rho, [1, 2]), atol=1e-9
    )
    np.testing.assert_allclose(
        math.expectation_value(SIGMA, vector), np.vdot(vector, SIGMA @ vector)
    )


def test_distances_are_those_of_scipy():
    root = scipy.linalg.sqrtm(RHO)
    logs = scipy.linalg.logm(RHO) - scipy.linalg.logm(SIGMA)

    both = np.stack([RHO, SIGMA])

    fidelity = np.trace(scipy.linalg.sqrtm(root @ SIGMA @ root)).real ** 2
    np.testing.assert_allclose(math.fidelity(both, SIGMA), [fidelity, 1])
    np.testing.assert_allclose(math.sqrt_matrix(RHO), root, atol=1e-9)
    np.testing.assert_allclose(
        math.relative_entropy(RHO, both, base=2),
        [0, np.trace(RHO @ logs).real / np.log(2)],
        atol=1e-9,
    )
    np.testing.assert_allclose(
        math.trace_distance(RHO, SIGMA), scipy.linalg.svdvals(RHO - SIGMA).sum() / 2
    )
    assert math.relative_entropy(RHO, random_density(3, 1, rank=1)) == np.inf


def pure(x):
    vector = anp.array([anp.cos(x / 2), 1j * anp.sin(x / 2)])
    return vector[:, None] * anp.conj(vector)[None, :]


def test_the_fidelity_of_pure_states_has_derivatives_of_any_order():
    def fidelity(x):
        return math.fidelity(pure(x), pure(0.2))

    first = qg.grad(fidelity, argnums=0)

    np.testing.assert_allclose(fidelity(0.9), np.cos(0.35) ** 2)
    np.testing.assert_allclose(first(0.9), -np.sin(0.7) / 2, atol=1e-7)
    np.testing.assert_allclose(qg.grad(first, argnums=0)(0.9), -np.cos(0.7) / 2, atol=1e-7)


def test_the_root_of_equal_eigenvalues_has_a_derivative():
    def entry(x):
        return anp.real(math.sqrt_matrix(x * np.eye(4) / 4)[0, 0])

    np.testing.assert_allclose(qg.grad(entry, argnums=0)(1.0), 0.25)


def test_the_covariance_matrix_is_that_of_the_outcomes():
    probabilities = np.random.default_rng(5).dirichlet(np.ones(8))
    zs = [np.array([1 - 2 * (k >> bit & 1) for k in range(8)]) for bit in (2, 1, 0)]
    values = np.array([zs[0] * zs[2], zs[1], zs[2]])

    found = math.cov_matrix(
        probabilities, [qg.Z("a") @ qg.Z("c"), qg.Z("b"), qg.Z("c")], list("abc")
    )

    expected = np.cov(values, aweights=probabilities, bias=True)
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_the_choi_matrix_of_a_gate_is_a_pure_state():
    matrix = math.choi_matrix([qg.matrix(qg.CNOT([0, 1]))], check_Ks=True)

    np.testing.assert_allclose(matrix @ matrix, matrix, atol=1e-12)
    np.testing.assert_allclose(np.trace(matrix), 1)
    with pytest.raises(InvalidParameters, match="preserve the trace"):
        math.choi_matrix([2 * np.eye(2)], check_Ks=True)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: math.vn_entropy(np.ones(4), [0]), "no density matrix"),
        (lambda: math.purity(np.eye(4), [0], check_state=True), "trace"),
        (lambda: math.reduce_statevector(np.ones(3), [0]), "no state vector"),
        (lambda: math.reduce_statevector(np.ones(4), [0], check_state=True), "norm"),
        (lambda: math.fidelity(RHO, np.eye(2) / 2), "same number of wires"),
        (lambda: math.mutual_info(RHO, [0], [0, 1]), "share"),
        (lambda: math.reduce_dm(RHO, [3]), "no positions among 3 wires"),
        (lambda: math.expectation_value(np.eye(2), np.eye(4)[0]), "does not act on a state"),
        (lambda: math.array([1.0], like="nothing"), "no framework 'nothing'"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(call, message):
    with pytest.raises(InvalidParameters, match=message):
        call()


# Matrices -------------------------------------------------------------------------------


def test_dense_and_sparse_matrices_are_expanded_alike():
    gate = qg.matrix(qg.CRX(0.3, [0, 1]))
    expected = qg.matrix(qg.CRX(0.3, ["c", "a"]), wire_order=list("abc"))

    dense = math.expand_matrix(gate, ["c", "a"], list("abc"))
    sparse = math.expand_matrix(scipy.sparse.csr_matrix(gate), ["c", "a"], list("abc"))

    np.testing.assert_allclose(dense, expected)
    np.testing.assert_allclose(sparse.toarray(), expected)
    assert math.allclose(sparse, dense)
    assert math.expand_matrix(np.eye(2, dtype=int), [0], [0, 1]).dtype == int
    assert math.get_interface(sparse) == "scipy"
    with pytest.raises(WireError):
        math.expand_matrix(gate, [0, 5], [0, 1])
    with pytest.raises(InvalidParameters, match="4 rows"):
        math.expand_matrix(np.eye(2), [0, 1])


def test_sparse_matrices_go_through_the_linear_algebra():
    one, two = scipy.sparse.eye(2, format="csr"), scipy.sparse.csr_matrix([[0, 1], [1, 0]])

    for found in (math.dot(one, two), math.matmul(one, two), math.add(two, 0 * one)):
        np.testing.assert_array_equal(found.toarray(), two.toarray())
    assert math.kron(one, two).shape == (4, 4)
    assert math.norm(two) == pytest.approx(np.sqrt(2))


def test_diagonals_and_blocks_are_those_of_numpy_and_scipy():
    blocks = [np.ones((2, 1)), np.full((1, 3), 2.0)]

    for k in (-2, 0, 1):
        np.testing.assert_array_equal(math.diag([1.0, 2.0], k=k), np.diag([1.0, 2.0], k=k))
        np.testing.assert_array_equal(math.diag(RHO, k=k), np.diag(RHO, k=k))
    np.testing.assert_array_equal(math.block_diag(blocks), scipy.linalg.block_diag(*blocks))
    np.testing.assert_array_equal(math.frobenius_inner_product(np.eye(2), np.ones((2, 2))), 2)
    np.testing.assert_allclose(math.svd(np.diag([3.0, 2.0]), compute_uv=False), [3, 2])


def test_a_function_is_told_the_framework_of_its_arguments():
    @math.multi_dispatch(argnum=0, tensor_list=0)
    def framework(values, other, like=None):
        return like

    assert framework([1.0, qnp.array(2.0)], 3) == "autograd"
    assert framework([1.0], 3, like="torch") == "torch"

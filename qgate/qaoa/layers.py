"""Layers of a circuit of quantum approximate optimization."""

from __future__ import annotations

from qgate.exceptions import InvalidParameters
from qgate.operations.operator import Operator
from qgate.templates.subroutines.time_evolution import ApproxTimeEvolution, pauli_terms
from qgate.typing import Tensor


def cost_layer(gamma: Tensor, hamiltonian: Operator) -> Operator:
    r"""Apply :math:`e^{-i \gamma H_C}` for a cost Hamiltonian.

    Parameters
    ----------
    gamma : float
        Trainable; may have a batch axis.
    hamiltonian : Operator
        Sum of products of Z.

    Returns
    -------
    Operator

    Raises
    ------
    InvalidParameters
        The Hamiltonian has terms with X or Y, or terms other than Pauli words.

    Examples
    --------
    >>> import networkx, qgate as qg
    >>> graph = networkx.cycle_graph(4)
    >>> cost, mixer = qg.qaoa.maxcut(graph)
    >>> @qg.qnode("local")
    ... def circuit(gamma, alpha):
    ...     for wire in graph.nodes:
    ...         qg.Hadamard(wire)
    ...     qg.qaoa.cost_layer(gamma, cost)
    ...     qg.qaoa.mixer_layer(alpha, mixer)
    ...     return qg.expval(cost)
    >>> print(round(float(circuit(0.785398, 1.178097)), 3))
    -3.0
    """
    if pauli_terms("cost_layer", hamiltonian).x.any():
        raise InvalidParameters(
            "cost_layer was given a Hamiltonian with X or Y. A cost is a sum of products of Z. "
            "Apply other Hamiltonians with mixer_layer."
        )
    return ApproxTimeEvolution(hamiltonian, gamma, 1)


def mixer_layer(alpha: Tensor, hamiltonian: Operator) -> Operator:
    r"""Apply :math:`e^{-i \alpha H_M}` for a mixer.

    Terms that do not commute are applied one after the other, in one step of first order.

    Parameters
    ----------
    alpha : float
        Trainable; may have a batch axis.
    hamiltonian : Operator
        Sum of Pauli words.

    Returns
    -------
    Operator

    Raises
    ------
    InvalidParameters
        The Hamiltonian has terms other than Pauli words.
    """
    return ApproxTimeEvolution(hamiltonian, alpha, 1)

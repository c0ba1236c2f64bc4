"""Quantum Monte Carlo estimation of a circuit that prepares a distribution."""

from __future__ import annotations

from collections.abc import Sequence

from qgate.exceptions import TransformError
from qgate.operations.controlled import CZ, MultiControlledX
from qgate.operations.fixed import Hadamard, PauliX
from qgate.operations.operator import Operator, without_recording
from qgate.sizes import check_size
from qgate.tape import Tape
from qgate.templates import QFT
from qgate.transforms.circuit_transform import transform
from qgate.transforms.passes.neighbours import single
from qgate.transforms.pipeline import Transformed
from qgate.typing import WiresLike
from qgate.wires import Wires


@transform
def apply_controlled_Q(
    tape: Tape,
    wires: WiresLike,
    target_wire: WiresLike,
    control_wire: WiresLike,
    work_wires: WiresLike | None = None,
) -> Transformed:
    """Replace a circuit F by its amplification Q, controlled by a wire.

    Q is (F Z F^dagger V)**2, where Z changes the sign of all basis states but 0, and V that of all
    in which the target wire is 0. Its eigenvalues exp(+-2 pi i phase) hold the probability
    (1 - cos(pi phase)) / 2 that F leaves the target wire in the state 1.

    Parameters
    ----------
    tape : QuantumScript, QNode or callable
        F.
    wires : wires
        The wires of F.
    target_wire : wire
        One of them.
    control_wire : wire
        Another one.
    work_wires : wires, optional
        Not used: decompositions need no other wires.

    Returns
    -------
    (list of QuantumScript, callable), QNode or callable
        See ``qg.transform``.

    Raises
    ------
    TransformError
        The target wire is not one of the wires, or the control wire is.
    """
    on, target, control = Wires(wires), Wires(target_wire), Wires(control_wire)
    _check_wires("apply_controlled_Q", on, target, control)
    return single(tape, _amplified(tape.operations, on, target, control))


@transform
def quantum_monte_carlo(
    tape: Tape, wires: WiresLike, target_wire: WiresLike, estimation_wires: WiresLike
) -> Transformed:
    """Add the estimation of the probability that a circuit F leaves a wire in the state 1.

    After F, the estimation wires show a phase from which the probability follows as
    (1 - cos(pi phase)) / 2; the phase and 1 - phase mean the same.

    Parameters
    ----------
    tape : QuantumScript, QNode or callable
        F.
    wires : wires
        The wires of F.
    target_wire : wire
        One of them.
    estimation_wires : wires
        Others; k of them give the phase to 1 / 2**k.

    Returns
    -------
    (list of QuantumScript, callable), QNode or callable
        See ``qg.transform``.

    Raises
    ------
    TransformError
        The target wire is not one of the wires, or an estimation wire is.
    TooLarge
        There are too many gates.

    Notes
    -----
    Cost: F and its adjoint are applied 2**(k + 2) - 4 times. ``QuantumMonteCarlo`` takes the
    distribution as numbers instead. Reference: Montanaro, Proc. R. Soc. A 471, 20150301 (2015).
    """
    on, target, estimation = Wires(wires), Wires(target_wire), Wires(estimation_wires)
    _check_wires("quantum_monte_carlo", on, target, estimation)
    count = 4.0 * len(tape.operations) * 2.0 ** min(len(estimation), 100)
    check_size("quantum_monte_carlo", count, unit="gates", remedy="Use fewer estimation wires.")
    found = list(tape.operations)
    for place, wire in enumerate(estimation, start=1):
        once = _amplified(tape.operations, on, target, Wires([wire]))
        found += [Hadamard(wires=wire), *once * 2 ** (len(estimation) - place)]
    (last,) = without_recording(lambda: [QFT(wires=estimation).adjoint()])
    return single(tape, [*found, last])


def _amplified(
    circuit: Sequence[Operator], wires: Wires, target: Wires, control: Wires
) -> list[Operator]:
    """Return the controlled amplification of a circuit."""
    inverse = without_recording(lambda: [gate.adjoint() for gate in reversed(circuit)])
    first, *others = wires
    flip = MultiControlledX(
        wires=(*others, *control, first), control_values=(False,) * len(others) + (True,)
    )
    around = [PauliX(wires=first), Hadamard(wires=first)]
    marked, start = CZ(wires=(*control, *target)), [*around, flip, *around[::-1]]
    return [marked, *inverse, *start, *circuit] * 2


def _check_wires(name: str, wires: Wires, target: Wires, others: Wires) -> None:
    if len(target) != 1 or target[0] not in set(wires):
        raise TransformError(
            f"{name} was given target_wire={list(target)} and wires {list(wires)}. The target is "
            "one of the wires."
        )
    if not others or set(others) & set(wires):
        raise TransformError(
            f"{name} was given {list(others)} as further wires, beside {list(wires)}. Name at "
            "least one, none of them among the wires of the circuit."
        )

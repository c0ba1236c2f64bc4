"""Circuits of particle-conserving excitations for quantum chemistry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qgate.arguments import items_of, sequence_of
from qgate.arrays import shape_of
from qgate.exceptions import InvalidParameters, described
from qgate.operations.excitations import DoubleExcitation, SingleExcitation
from qgate.operations.operator import Operator
from qgate.operations.parameters import as_array, require_numbers
from qgate.operations.state_preparation import BasisState, basis_bits
from qgate.templates.base import Options, Template, check_repeats, positions
from qgate.templates.subroutines.fermionic import (
    FermionicDoubleExcitation,
    FermionicSingleExcitation,
)
from qgate.typing import Tensor, Wire, WiresLike
from qgate.wires import Wires

Excitations = Sequence[Sequence[Wire]]


class AllSinglesDoubles(Template):
    """Single and double excitation gates (Givens rotations) after a basis state.

    The double excitations are applied first.

    Parameters
    ----------
    weights : array, shape (len(singles) + len(doubles),)
        Angles in radians, of the single excitations first; may have a leading batch axis.
    wires : wires
    hf_state : sequence of int
        Initial occupation of each wire.
    singles : sequence of pairs of wires, optional
    doubles : sequence of quadruples of wires, optional
        At least one excitation is required.
    id : str, optional

    Raises
    ------
    InvalidParameters
        The weights or the state have another shape, or there is no excitation.

    Notes
    -----
    Reference: Arrazola et al., Quantum 6, 742 (2022).
    """

    ndim_params = (1,)

    def __init__(
        self,
        weights: Tensor,
        wires: WiresLike,
        hf_state: Sequence[int],
        singles: Excitations | None = None,
        doubles: Excitations | None = None,
        id: str | None = None,
    ) -> None:
        wires = Wires(wires)
        options: Options = {
            "hf_state": basis_bits(hf_state, wires),
            "singles": _excitations("AllSinglesDoubles", "singles", singles, wires, 2),
            "doubles": _excitations("AllSinglesDoubles", "doubles", doubles, wires, 4),
        }
        weights = self.checked(
            "weights", weights, *self.shape(options["singles"], options["doubles"])
        )
        super().__init__((weights,), wires, options, id=id)

    def gates(self, weights: Tensor) -> list[Operator]:
        options = self.options
        singles, doubles = options["singles"], options["doubles"]
        return [
            BasisState(options["hf_state"], wires=self.wires),
            *(
                DoubleExcitation(weights[len(singles) + k], wires=self.at(quad))
                for k, quad in enumerate(doubles)
            ),
            *(SingleExcitation(weights[k], wires=self.at(pair)) for k, pair in enumerate(singles)),
        ]

    @staticmethod
    def shape(singles: Excitations, doubles: Excitations) -> tuple[int]:
        """Return the shape of the weights."""
        _check_some("AllSinglesDoubles", "singles and doubles", len(singles) + len(doubles))
        return (len(singles) + len(doubles),)


class UCCSD(Template):
    """Unitary coupled cluster of singles and doubles, one Trotter step or more.

    In each repetition the double excitations are applied first.

    Parameters
    ----------
    weights : array, shape (n_repeats, len(s_wires) + len(d_wires))
        Amplitudes, of the single excitations first; with one repetition the first axis is optional.
    wires : wires
    s_wires : sequence of runs of wires, optional
        A single excitation moves a fermion between the ends of its run.
    d_wires : sequence of pairs of runs of wires, optional
        A double excitation moves two fermions. At least one excitation is required.
    init_state : sequence of int
        Initial occupation of each wire (the Hartree-Fock state).
    n_repeats : int
        At least 1.
    id : str, optional

    Raises
    ------
    InvalidParameters
        The weights or the state have another shape, or there is no excitation.

    Notes
    -----
    Reference: Romero et al., Quantum Sci. Technol. 4, 014008 (2018).
    """

    def __init__(
        self,
        weights: Tensor,
        wires: WiresLike,
        s_wires: Excitations | None = None,
        d_wires: Sequence[Excitations] | None = None,
        init_state: Sequence[int] | None = None,
        n_repeats: int = 1,
        id: str | None = None,
    ) -> None:
        weights, wires = as_array(weights), Wires(wires)
        n_repeats = check_repeats("UCCSD", n_repeats)
        if init_state is None:
            raise InvalidParameters(
                f"UCCSD was given init_state=None. It needs the occupation of its {len(wires)} "
                "wires. Give for example the Hartree-Fock state."
            )
        options: Options = {
            "init_state": basis_bits(init_state, wires),
            "s_wires": _runs("s_wires", s_wires, wires),
            "d_wires": tuple(
                _runs("d_wires", runs, wires) for runs in _groups("UCCSD", "d_wires", d_wires)
            ),
            "n_repeats": n_repeats,
        }
        count = len(options["s_wires"]) + len(options["d_wires"])
        _check_some("UCCSD", "s_wires and d_wires", count)
        _check_weights(weights, n_repeats, count)
        self._axes = len(shape_of(weights))
        super().__init__((weights,), wires, options, id=id)

    @property
    def ndim_params(self) -> tuple[int, ...]:
        return (self._axes,)  # unchanged: rows of slots are bound with one more axis

    def gates(self, weights: Tensor) -> list[Operator]:
        gates: list[Operator] = [BasisState(self.options["init_state"], wires=self.wires)]
        rows = weights if self._axes == 2 else weights[None]
        for repeat in range(self.options["n_repeats"]):
            gates += self._excite(rows[repeat])
        return gates

    def _excite(self, weights: Tensor) -> list[Operator]:
        singles, doubles = self.options["s_wires"], self.options["d_wires"]
        return [
            *(
                FermionicDoubleExcitation(weights[len(singles) + k], self.at(run1), self.at(run2))
                for k, (run1, run2) in enumerate(doubles)
            ),
            *(FermionicSingleExcitation(weights[k], self.at(r)) for k, r in enumerate(singles)),
        ]


def _groups(
    template: str, argument: str, groups: Excitations | Sequence[Excitations] | None
) -> list[Any]:
    return [] if groups is None else sequence_of(template, argument, groups)


def _runs(argument: str, groups: Excitations | None, wires: Wires) -> tuple[tuple[int, ...], ...]:
    return tuple(positions(wires, run) for run in _groups("UCCSD", argument, groups))


def _excitations(
    template: str, argument: str, groups: Excitations | None, wires: Wires, size: int
) -> tuple[tuple[int, ...], ...]:
    """Return the positions of each group of wires; raise for a group of the wrong size."""
    given = _groups(template, argument, groups)
    for group in given:
        if len(items_of(group) or ()) != size:
            raise InvalidParameters(
                f"{template} was given {described(group)} among its {argument}. Each of these "
                f"names {size} wires."
            )
    return tuple(positions(wires, group) for group in given)


def _check_some(template: str, arguments: str, count: int) -> None:
    if count == 0:
        raise InvalidParameters(
            f"{template} was given no excitations. Give at least one among {arguments}."
        )


def _check_weights(weights: Tensor, n_repeats: int, count: int) -> None:
    """Refuse weights of UCCSD that do not have one row for each repetition."""
    require_numbers("UCCSD", "weights", weights)
    shape = shape_of(weights)
    if shape == (n_repeats, count) or (n_repeats == 1 and shape == (count,)):
        return
    raise InvalidParameters(
        f"UCCSD was given weights of shape {shape}. With {n_repeats} repetition(s) of {count} "
        f"excitation(s) they have the shape ({n_repeats}, {count}). Reshape them."
    )

"""Preparation of states that are given as a matrix product."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np

from qgate.arguments import items_of, truth
from qgate.arrays import is_concrete, shape_of, unwrap
from qgate.exceptions import InvalidParameters, described
from qgate.operations.operator import Operator, ParameterKind
from qgate.operations.parameters import as_array, in_double, in_floats, require_numbers
from qgate.operations.state_preparation import TOLERANCE, StatePrep
from qgate.operations.unitaries import QubitUnitary
from qgate.sizes import check_size
from qgate.templates.base import Template
from qgate.templates.composed import require_apart
from qgate.typing import ComplexArray, Tensor, WiresLike
from qgate.wires import Wires


class MPSPrep(Template):
    """Prepares a matrix product state, one wire after the other.

    Parameters
    ----------
    mps : sequence of arrays
        A tensor for each wire, at least two: shape (2, d_1), then (d_i, 2, d_(i+1)), and (d_n, 2)
        at the end, where each d_i is a power of 2.
    wires : wires
    work_wires : wires, optional
        Wires that carry the bond from wire to wire, log2 of the largest d_i; 0 before and after.
        Without them the amplitudes are multiplied out, which takes 2**n numbers.
    right_canonicalize : bool
        Whether to bring the tensors to right-canonical form first; otherwise they have to be in it.
    id : str, optional

    Raises
    ------
    InvalidParameters
        The tensors do not fit each other or the wires, the norm of the state is not 1, or they are
        not right-canonical.

    Notes
    -----
    The gates depend on the numbers. Cost: a unitary of one wire and the work wires for each tensor.
    Reference: Schön et al., Phys. Rev. Lett. 95, 110503 (2005).
    """

    has_matrix = False

    def __init__(
        self,
        mps: Sequence[Tensor],
        wires: WiresLike,
        work_wires: WiresLike | None = None,
        right_canonicalize: bool = False,
        id: str | None = None,
    ) -> None:
        on, work = Wires(wires), Wires(() if work_wires is None else work_wires)
        require_apart("MPSPrep", on, work, "wires and work wires")
        tensors = [in_floats(as_array(tensor)) for tensor in items_of(mps) or ()]
        for tensor in tensors:
            require_numbers("MPSPrep", "a tensor", tensor, real=False)
        canonical = truth("MPSPrep", "right_canonicalize", right_canonicalize)
        shapes = [shape_of(tensor) for tensor in tensors]
        bond = _checked_shapes(shapes, len(on))
        if work and bond > 2 ** min(len(work), 62):
            raise InvalidParameters(
                f"MPSPrep was given {len(work)} work wire(s) for a bond of dimension {bond}. Give "
                f"{(bond - 1).bit_length()} work wires."
            )
        if all(map(is_concrete, tensors)):
            _canonical(tensors, canonical)
        self._axes = tuple(map(len, shapes))
        options = {"count": len(on), "right_canonicalize": canonical}
        super().__init__(tensors, (*on, *work), options, id=id)

    @property
    def ndim_params(self) -> tuple[int, ...]:
        return self._axes

    @property
    def parameter_kinds(self) -> tuple[ParameterKind, ...]:
        return (ParameterKind.ARRAY,) * len(self._axes)

    @property
    def mps(self) -> tuple[Tensor, ...]:
        """The tensors."""
        return self.data

    def gates(self, *tensors: Tensor) -> list[Operator]:
        count = self.options["count"]
        wires, work = self.wires[:count], self.wires[count:]
        known = _canonical(tensors, self.options["right_canonicalize"])
        if not work:
            check_size("MPSPrep", 2.0**count, 2**24, unit="amplitudes", remedy="Give work wires.")
            state = reduce(lambda left, right: np.tensordot(left, right, 1), known)
            return [StatePrep(state.reshape(-1), wires, validate_norm=False)]
        return [
            QubitUnitary(_completed(tensor, 2 ** len(work)), wires=(wire, *work))
            for tensor, wire in zip(known, wires, strict=True)
        ]


def right_canonicalize_mps(mps: Sequence[Tensor]) -> list[ComplexArray]:
    """Return the tensors of the same matrix product state in right-canonical form.

    All but the first are isometries: the sum of A A^dagger over the middle index is the identity.

    Parameters
    ----------
    mps : sequence of arrays
        As for ``MPSPrep``.

    Returns
    -------
    list of arrays
        Bonds are as small as that allows.
    """
    tensors = [in_double(np.asarray(unwrap(as_array(tensor)))) for tensor in items_of(mps) or ()]
    _checked_shapes([tensor.shape for tensor in tensors], len(tensors))
    whole = _three_axes(tensors)
    for site in range(len(whole) - 1, 0, -1):
        left, _, right = whole[site].shape
        q, r = np.linalg.qr(whole[site].reshape(left, 2 * right).conj().T)
        whole[site] = q.conj().T.reshape(-1, 2, right)
        whole[site - 1] = np.tensordot(whole[site - 1], r.conj().T, 1)
    return [whole[0][0], *whole[1:-1], whole[-1][:, :, 0]]


def _canonical(tensors: Sequence[Tensor], change: bool) -> list[ComplexArray]:
    """Return tensors in right-canonical form, with three axes; refuse others."""
    known = [in_double(np.asarray(unwrap(tensor))) for tensor in tensors]
    whole = _three_axes(right_canonicalize_mps(known) if change else known)
    flat = [tensor.reshape(len(tensor), -1) for tensor in whole]
    norm = float(np.linalg.norm(flat[0]))
    errors = [abs(rows @ rows.conj().T - np.eye(len(rows))).max() for rows in flat[1:]]
    if max(errors) > TOLERANCE:
        raise InvalidParameters(
            f"MPSPrep was given tensors that are not right-canonical: A A^dagger is off the "
            f"identity by {max(errors):.2g}. Give right_canonicalize=True."
        )
    if abs(norm - 1) > TOLERANCE:
        raise InvalidParameters(
            f"MPSPrep was given a state of norm {norm:.6g}. Divide one of its tensors by it."
        )
    return whole


def _three_axes(tensors: Sequence[ComplexArray]) -> list[ComplexArray]:
    """Return tensors with a bond of dimension 1 at both ends."""
    return [tensors[0][None], *tensors[1:-1], tensors[-1][:, :, None]]


def _completed(tensor: ComplexArray, size: int) -> ComplexArray:
    """Return a unitary whose first columns map the left bond to a bit and the right bond."""
    left, _, right = tensor.shape
    columns = np.zeros((2, size, left), dtype=complex)
    columns[:, :right] = np.moveaxis(tensor, 0, -1)
    isometry = columns.reshape(2 * size, left)
    basis, _, _ = np.linalg.svd(isometry)  # its last columns are orthogonal to the isometry
    return np.hstack([isometry, basis[:, left:]])


def _checked_shapes(shapes: Sequence[tuple[int, ...]], count: int) -> int:
    """Return the largest bond; refuse tensors that do not fit each other or the wires."""
    whole = len(shapes) >= 2 and len(shapes) == count
    axes = [2, *[3] * (len(shapes) - 2), 2]
    if whole and [len(shape) for shape in shapes] == axes:
        padded = [(1, *shapes[0]), *shapes[1:-1], (*shapes[-1], 1)]
        bonds = [shape[2] for shape in padded[:-1]]
        meets = bonds == [shape[0] for shape in padded[1:]]
        if (
            meets
            and all(shape[1] == 2 for shape in padded)
            and all(bond.bit_count() == 1 for bond in bonds)
        ):
            return max(bonds)
    raise InvalidParameters(
        f"MPSPrep was given tensors of the shapes {described(list(shapes))} for {count} wire(s). "
        "Give one for each wire, at least two, of the shapes (2, d_1), (d_1, 2, d_2), ..., "
        "(d_n, 2), where each d_i is a power of 2."
    )

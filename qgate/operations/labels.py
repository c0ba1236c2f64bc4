"""Labels of operators in drawings: a symbol, and parameters in parentheses.

Scalars are rounded. Arrays are too large for a drawing: each distinct one is kept in the list
``cache["matrices"]`` and its label is ``M`` with its position in that list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np

from qgate.arrays import is_concrete, shape_of, unwrap
from qgate.operations.slots import Affine
from qgate.typing import Tensor

Cache: TypeAlias = dict[str, list[Tensor]]
"""Arrays that were met in a drawing, under the key ``matrices``."""

SYMBOLS: Mapping[str, str] = {
    "AmplitudeEmbedding": "|Ψ⟩",
    "Barrier": "||",
    "BasisEmbedding": "|Ψ⟩",
    "BasisState": "|Ψ⟩",
    "CPhaseShift00": "Rϕ(00)",
    "CPhaseShift01": "Rϕ(01)",
    "CPhaseShift10": "Rϕ(10)",
    "DiagonalQubitUnitary": "U",
    "DoubleExcitation": "G²",
    "DoubleExcitationMinus": "G²₋",
    "DoubleExcitationPlus": "G²₊",
    "FermionicSWAP": "fSWAP",
    "Hermitian": "𝓗",
    "PCPhase": "∏_ϕ",
    "PhaseShift": "Rϕ",
    "QubitStateVector": "|Ψ⟩",
    "QubitUnitary": "U",
    "SingleExcitation": "G",
    "SingleExcitationMinus": "G₋",
    "SingleExcitationPlus": "G₊",
    "SparseHamiltonian": "𝓗",
    "StatePrep": "|Ψ⟩",
}
"""Symbols of operators by the name of their class; other operators have that name."""

WITHOUT_PARAMETERS = frozenset({"|Ψ⟩"})
"""Symbols that stand alone: the amplitudes of a prepared state are not shown."""

SUPERSCRIPTS = str.maketrans("0123456789-.", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⋅")


def meter_symbol(postselect: int | None, *, reset: bool) -> str:
    """Return the symbol of a mid-circuit measurement, with the selected outcome and the reset."""
    chosen = {None: "", 0: "₀", 1: "₁"}[postselect]
    return f"┤↗{chosen}{'│  │0⟩' if reset else '├'}"


def labelled(
    symbol: str,
    parameters: Sequence[Tensor],
    decimals: int | None,
    cache: Cache | None,
    note: str | None = None,
) -> str:
    r"""Return a symbol with parameters, such as ``RX\n(0.12)``; a note is shown in quotes."""
    shown = [] if symbol in WITHOUT_PARAMETERS else parameters
    texts = [text for value in shown if (text := _parameter(value, decimals, cache))]
    if note is not None:
        if not texts:
            return f'{symbol}("{note}")'
        texts.append(f'"{note}"')
    inner = ",\n".join(texts)
    return f"{symbol}\n({inner})" if inner else symbol


def enclosed_label(label: str) -> str:
    """Return a label in parentheses if it is a product, a multiple or an adjoint."""
    return f"({label})" if "@" in label or "*" in label or label.endswith("†") else label


def superscript(exponent: float) -> str:
    """Return a number in superscript digits, or after ``^`` where a sign of it has none."""
    text = str(exponent)
    return f"^{text}" if set(text) - set("0123456789-.") else text.translate(SUPERSCRIPTS)


def number_text(value: Tensor, decimals: int | None) -> str:
    """Return a scalar with this number of decimals; ``…`` if its value is not known yet."""
    plain = unwrap(value)
    if isinstance(plain, Affine):
        return _affine_text(plain, decimals)
    if not is_concrete(plain):
        return "…"
    if decimals is None:
        return str(plain)
    try:
        return f"{plain:.{decimals}f}"
    except (TypeError, ValueError):
        return str(plain)


def _affine_text(value: Affine, decimals: int | None) -> str:
    """Return an angle without a value, such as ``2*x+0.1``."""
    most = 6 if decimals is None else decimals
    parts = []
    for name, factor in value.terms:
        number = {1.0: "", -1.0: "-"}.get(factor, f"{round(factor, most):g}*")
        parts.append(f"{number}{name}")
    if value.offset or not parts:
        parts.append(f"{round(value.offset, most):g}")
    return "+".join(parts).replace("+-", "-")


def _parameter(value: Tensor, decimals: int | None, cache: Cache | None) -> str:
    if shape_of(value) == ():
        return "" if decimals is None else number_text(value, decimals)
    matrices = None if cache is None else cache.get("matrices")
    if matrices is None:
        return ""
    for index, known in enumerate(matrices):
        if _are_equal(value, known):
            return f"M{index}"
    matrices.append(value)
    return f"M{len(matrices) - 1}"


def _are_equal(left: Tensor, right: Tensor) -> bool:
    if left is right:
        return True
    if shape_of(left) != shape_of(right) or not (is_concrete(left) and is_concrete(right)):
        return False
    difference = unwrap(left) != unwrap(right)
    return not difference.nnz if hasattr(difference, "nnz") else not np.any(difference)

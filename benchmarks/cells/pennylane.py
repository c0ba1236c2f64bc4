"""Entries of PennyLane's page "Gradients and training" (0.26) for default.qubit.

Each method with the return types that its table supports, under autograd, torch, jax and tf
alike: without shots, and with. Without an interface nothing is differentiated there, and
``device`` is refused.
"""

from __future__ import annotations

EXPECTATIONS = frozenset({"expval_obs", "expval_herm", "expval_proj"})
TYPES = EXPECTATIONS | {
    *("state", "density_matrix", "probs", "sample", "var", "vn_entropy", "mutual_info")
}
SHIFTED = EXPECTATIONS | {"probs", "var"}
DIFFERENCES = SHIFTED | {"vn_entropy", "mutual_info"}

SUPPORTED: dict[str, dict[str, frozenset[str]]] = {
    "exact": {
        "device": frozenset(),
        "backprop": TYPES - {"sample"},
        "adjoint": EXPECTATIONS,
        "parameter-shift": SHIFTED,
        "finite-diff": DIFFERENCES,
    },
    "sampled": {
        "device": frozenset(),
        "backprop": frozenset(),
        "adjoint": EXPECTATIONS,
        "parameter-shift": SHIFTED,
        "finite-diff": DIFFERENCES,
    },
}
"""With shots ``adjoint`` is the exact gradient, with a warning."""


def says(shots: str, kind: str, method: str) -> str:
    """Return the table's entry on a gradient: yes, no, or nothing."""
    supported = SUPPORTED[shots].get(method)
    if supported is None or kind not in TYPES:
        return ""
    return "yes" if kind in supported else "no"

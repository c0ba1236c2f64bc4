"""Capabilities of a device: supported gates, measurements and limits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from numbers import Integral

from qgate.short_repr import fields_summary
from qgate.transforms.decomposition import GateSet

NAMED = ("gates", "exact")
"""Names of fields that are sets of names."""

COUNTED = (
    "default_shots",
    "max_wires",
    "min_shots",
    "max_shots",
    "max_rows",
    "max_exact_rows",
    "max_exact_wires",
    "max_sweeps",
    "min_total_shots",
    "max_total_shots",
    "max_bytes",
)
"""Names of fields that are integers of at least 1."""


@dataclass(frozen=True, kw_only=True)
class Capabilities:
    """Capabilities of a device; requests beyond them are refused before anything is sent.

    Parameters
    ----------
    gates : frozenset of str
        Names of the native operations. Others are decomposed into these.
    matrix_wires : int
        Maximum number of wires of an operation that is run from its matrix.
    exact : frozenset of str
        Kinds of measurement that it returns exactly. ``probs`` alone is enough for expectation
        values, variances and probabilities, and for density matrices of a few wires and quantities
        computed from them. Empty: it only samples.
    exact_words : bool
        Whether it also returns exact expectation values of arbitrary Pauli words, as one
        measurement of kind ``terms``.
    max_exact_wires : int or None
        Maximum number of wires of one exact measurement of probabilities. None: no limit.
    sampled : bool
        Whether it accepts shots. It then returns outcomes of wires, nothing else.
    default_shots : int or None
        Shots of circuits that set none; None: exact.
    max_wires : int or None
        Maximum number of wires. None: no limit of the device itself.
    min_shots, max_shots : int, int or None
        Range for one row. A row with more shots is split into chunks, and their counts are added.
    shot_counts : frozenset of int
        The only numbers of shots that one row of a submission may have; other numbers are run as a
        sum of these. Empty: any number in the range.
    max_rows, max_total_shots : int or None
        Limits of one submission.
    max_exact_rows : int or None
        Maximum number of rows of one submission without shots.
    max_sweeps : int or None
        Maximum number of structures in one submission.
    min_total_shots : int
        Minimum number of shots of one submission.
    max_bytes : int or None
        Maximum size of a submission, as computed by the device's ``weigh``.
    equal_shots : bool
        Whether all rows of one submission must have the same number of shots.
    paid : bool
        Whether submissions may cost money and are therefore recorded in a journal before they are
        sent.
    call_seeds : bool
        Whether it draws samples from the seed of a sweep, if the sweep has one.
    idle_wires_free : bool
        Whether wires without gates cost nothing, so that ``max_wires`` does not count wires that
        are only declared or measured.
    feed_forward : bool
        Whether the measurements in the middle of a circuit only control gates, each of them by one
        outcome, and are not returned. Circuits run like this where the user asks for it.
    statevector : bool
        Whether the state can be differentiated through (``backprop``, ``adjoint``); the device is
        then a ``StatevectorDevice``.

    Raises
    ------
    ValueError
        A limit is not an integer above 0, or a set of names is a single text.
    """

    gates: frozenset[str] = frozenset()
    matrix_wires: int = 0
    exact: frozenset[str] = frozenset()
    exact_words: bool = False
    max_exact_wires: int | None = None
    sampled: bool = True
    default_shots: int | None = None
    max_wires: int | None = None
    min_shots: int = 1
    max_shots: int | None = None
    shot_counts: frozenset[int] = frozenset()
    max_rows: int | None = None
    max_exact_rows: int | None = None
    max_sweeps: int | None = None
    min_total_shots: int = 1
    max_total_shots: int | None = None
    max_bytes: int | None = None
    equal_shots: bool = False
    paid: bool = False
    call_seeds: bool = False
    idle_wires_free: bool = False
    feed_forward: bool = False
    statevector: bool = False

    def __post_init__(self) -> None:
        for fact in NAMED:
            names = getattr(self, fact)
            if isinstance(names, str):
                raise ValueError(f"{fact}={names!r} is one text. Give a set of names.")
            object.__setattr__(self, fact, frozenset(names))
        for fact in COUNTED:
            number = getattr(self, fact)
            if number is not None and (not isinstance(number, Integral) or number < 1):
                raise ValueError(f"{fact}={number!r} is no whole number above 0.")

    @cached_property
    def gate_set(self) -> GateSet:
        """The operations that need no decomposition."""
        return GateSet(self.gates, self.matrix_wires)

    @cached_property
    def limited(self) -> bool:
        """Whether sweeps may need more than one submission."""
        limits = (
            self.max_shots,
            self.max_rows,
            self.max_exact_rows,
            self.max_sweeps,
            self.max_total_shots,
            self.max_bytes,
        )
        chosen = self.equal_shots or bool(self.shot_counts)
        return chosen or any(limit is not None for limit in limits)

    __repr__ = fields_summary

"""Reconstruction of a circuit as a function of one parameter, from a few evaluations."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import numpy as np

from qgate.arguments import items_of, mapping_of
from qgate.arrays import enclosed, framework_of, is_traced, namespace, shape_of
from qgate.exceptions import InvalidReconstruction, described, name_of
from qgate.findable import picklable
from qgate.fourier.calls import ByIndex, Call, Index, check_names, is_index, run
from qgate.fourier.series import Interpolation, Series
from qgate.numpy.tensors import plain
from qgate.typing import Function, Nested, Tensor

NEAR_ZERO = 1e-8
"""Shifts (radians) up to this size count as zero."""

Plan = Mapping[str, Mapping[Index, Interpolation]]


@picklable
def reconstruct(
    qnode: Function,
    ids: Mapping[str, Collection[Index]] | Collection[str] | str | None = None,
    nums_frequency: Mapping[str, Mapping[Index, int]] | None = None,
    spectra: Mapping[str, Mapping[Index, Collection[float]]] | None = None,
    shifts: Mapping[str, Mapping[Index, Sequence[float]]] | None = None,
) -> Callable[..., dict[str, dict[Index, Series]]]:
    r"""Reconstruct a circuit as a Fourier series of one parameter at a time, all others fixed.

    Parameters
    ----------
    qnode : QNode or callable
        Returns expectation values or probabilities of one measurement. Circuits of a QNode are
        submitted together; any other function is called once for each point.
    ids : mapping, collection of str, or str, optional
        The parameters: names of arguments, or a mapping from names to collections of indices,
        which are tuples: () for a number, (i,) in an array with one axis. By default, and where
        only names are given, those in ``nums_frequency``, or else in ``spectra``.
    nums_frequency : mapping, optional
        The highest frequency R for each name and index, where the frequencies are among 1, 2, ...,
        R. Takes precedence over ``spectra`` and ``shifts``.
    spectra : mapping, optional
        For each name and index the frequencies, as ``qnode_spectrum`` gives them; 0 and negative
        frequencies are optional.
    shifts : mapping, optional
        For names and indices, 2R + 1 shifts (radians) from the parameter's value, where R is the
        number of positive frequencies. Default: evenly spaced.

    Returns
    -------
    callable
        Takes the arguments of ``qnode`` and optionally ``f0``, its value there. Gives a dict of
        dicts of :class:`Series`, ``result[name][index](x)``: the value of ``qnode`` where that
        parameter has the value x. The series are differentiable by x to any order.

    Raises
    ------
    InvalidReconstruction
        Frequencies are missing or invalid; the shifts do not fit them or do not determine the
        series; an index is not in the argument; ``qnode`` did not return one real number or array.
    UnknownArgument
        ``qnode`` has no argument of that name.

    Warns
    -----
    UserWarning
        The shifts make the result sensitive to noise, or do not contain 0, so that ``f0`` is
        unused.

    Notes
    -----
    Cost: 2R + 1 circuits for each parameter, and one in common where 0 is among the shifts of
    several, as by default; a QNode's in one submission. Reference: Wierichs, Izaac, Wang, Lin,
    Quantum 6, 677 (2022), arXiv:2107.12390.

    Examples
    --------
    >>> @qg.qnode("local")
    ... def circuit(x):
    ...     qg.RX(2 * x, wires=0)
    ...     return qg.expval(qg.Z(0))
    >>> series = reconstruct(circuit, spectra={"x": {(): [0, 2]}})(0.3)["x"][()]
    >>> bool(np.isclose(series(1.0), np.cos(2.0)))
    True
    """
    given = _given(nums_frequency, spectra)
    chosen = _chosen(ids, given)
    check_names(chosen, qnode)
    shifted = {
        name: mapping_of("reconstruct", "shifts", inner)
        for name, inner in mapping_of("reconstruct", "shifts", shifts).items()
    }
    plan = _plan(chosen, given, shifted, equidistant=nums_frequency is not None)

    @functools.wraps(qnode, updated=())
    def reconstructed(
        *args: Nested, f0: Tensor = None, **kwargs: Nested
    ) -> dict[str, dict[Index, Series]]:
        call = Call.of(qnode, args, kwargs)
        _check_indices(plan, call)
        values = _values(plan, call, f0)
        return {
            name: {
                index: interpolation.series(
                    _stacked(values[name, index], qnode), _number(call, name, index)
                )
                for index, interpolation in by_index.items()
            }
            for name, by_index in plan.items()
        }

    return reconstructed


def _given(nums_frequency: Any, spectra: Any) -> ByIndex:
    """Return the given frequencies by name and index."""
    known = spectra if nums_frequency is None else nums_frequency
    if known is None:
        raise InvalidReconstruction(
            reason="neither nums_frequency nor spectra was given",
            remedy="Give spectra=qg.fourier.qnode_spectrum(qnode)(*args), or, where all "
            "frequencies are integers, the highest as nums_frequency={'x': {(): 1}}.",
        )
    if not isinstance(known, Mapping) or not all(isinstance(v, Mapping) for v in known.values()):
        raise InvalidReconstruction(
            reason=f"{described(known)} is no mapping from arguments to mappings from indices",
            remedy="Give for example {'x': {(): 1}, 'weights': {(0,): 1, (1,): 1}}.",
        )
    return known


def _chosen(ids: Any, given: ByIndex) -> Mapping[str, Collection[Index]]:
    """Return for each argument the indices of parameters to reconstruct."""
    chosen: dict[str, Collection[Index]]
    if isinstance(ids, Mapping):
        chosen = {
            name: tuple(given.get(name, ())) if indices is ... else indices
            for name, indices in ids.items()
        }
    else:
        names = list(given) if ids is None else [ids] if isinstance(ids, str) else items_of(ids)
        if names is None or not all(isinstance(name, str) for name in names):
            raise InvalidReconstruction(
                reason=f"ids={described(ids)} are no names of arguments",
                remedy="Give a name, several, or a mapping from names to indices.",
            )
        chosen = {name: tuple(given.get(name, ())) for name in names}
    for name, indices in chosen.items():
        listed = items_of(indices)
        if listed is None:
            raise InvalidReconstruction(
                reason=f"the indices of {described(name)} are {described(indices)}",
                remedy="Give a sequence of tuples, for example [(0,), (1,)].",
            )
        missing = [index for index in listed if not _holds(given.get(name, {}), index)]
        if name not in given or missing:
            what = (
                f"the index {described(missing[0])} of the argument" if missing else "the argument"
            )
            raise InvalidReconstruction(
                reason=f"no frequencies are given for {what} {described(name)}",
                remedy="Give them in nums_frequency or spectra under its name and index. Indices "
                "are tuples, () for a number and (0,), (1,), ... in an array with one axis.",
            )
    return chosen


def _holds(mapping: Mapping[Index, Any], index: object) -> bool:
    try:
        return index in mapping
    except TypeError:  # the object is not hashable
        return False


def _plan(
    chosen: Mapping[str, Collection[Index]],
    given: ByIndex,
    shifts: ByIndex,
    *,
    equidistant: bool,
) -> Plan:
    def interpolation(name: str, index: Index) -> Interpolation:
        known = given[name][index]
        if equidistant:
            return Interpolation.equidistant(_whole(known, name))
        return Interpolation.of_spectrum(known, shifts.get(name, {}).get(index))

    return {
        name: {index: interpolation(name, index) for index in indices}
        for name, indices in chosen.items()
    }


def _whole(number: Any, name: str) -> int:
    if isinstance(number, bool) or number != abs(int(number)):
        raise InvalidReconstruction(
            reason=f"nums_frequency for {described(name)} is {described(number)}, and it counts "
            "frequencies",
            remedy="Give a whole number from 0 on, or spectra for other than integer frequencies.",
        )
    return int(number)


def _check_indices(plan: Plan, call: Call) -> None:
    for name, by_index in plan.items():
        shape = shape_of(call.numbers(name))
        for index in by_index:
            if not is_index(index, shape):
                raise InvalidReconstruction(
                    reason=f"the argument {described(name)} has the shape {shape} and no index "
                    f"{described(index)}",
                    remedy="Give one position for each axis, () for a number.",
                )


def _number(call: Call, name: str, index: Index) -> Tensor:
    """Return the value of a parameter."""
    number = call.numbers(name)
    return plain(number[index] if index else number)


def _values(plan: Plan, call: Call, f0: Tensor) -> dict[tuple[str, Index], list[Nested]]:
    """Return the values at the shifts of each parameter; the unshifted value is computed once."""
    calls: list[Call] = []
    places: dict[tuple[str, Index], list[int | None]] = {}
    for name, by_index in plan.items():
        for index, interpolation in by_index.items():
            places[name, index] = []
            for shift in interpolation.shifts.tolist():
                if abs(shift) <= NEAR_ZERO:
                    places[name, index].append(None)
                else:
                    places[name, index].append(len(calls))
                    calls.append(call.shifted(name, index, shift))
    unused = [key for key, found in places.items() if None not in found]
    if f0 is not None and unused:
        _warn_unused(unused)
    if f0 is None and len(unused) < len(places):
        *results, f0 = run([*calls, call])
    else:
        results = run(calls)
    return {
        key: [f0 if place is None else results[place] for place in found]
        for key, found in places.items()
    }


def _warn_unused(keys: Sequence[tuple[str, Index]]) -> None:
    named = ", ".join(f"{name}{list(index) if index else ''}" for name, index in keys)
    warnings.warn(
        f"f0, the value at the given arguments, is not used for {named}: 0 is not among the "
        "shifts. Give shifts with 0 to save a circuit, or leave f0 out.",
        UserWarning,
        stacklevel=4,
    )


def _stacked(values: Sequence[Nested], qnode: Function) -> Tensor:
    """Return values as one array whose first axis is that of the points."""
    if any(isinstance(value, tuple | list | dict) for value in values):
        return _refuse(qnode, f"a {type(values[0]).__name__}")
    numbers = [
        value if is_traced(value) or framework_of(value) is not None else np.asarray(plain(value))
        for value in values
    ]
    stacked = enclosed(namespace(numbers).stack(numbers))
    if stacked.dtype.kind not in "iuf":
        return _refuse(qnode, f"values of type {stacked.dtype}")
    return stacked


def _refuse(qnode: Function, returned: str) -> Tensor:
    raise InvalidReconstruction(
        reason=f"{name_of(qnode)} returned {returned}, and real numbers are needed",
        remedy="Return one expectation value, or the probabilities of some wires, without a "
        "vector of shots.",
    )

"""Frequencies with which a QNode depends on its arguments."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Mapping, Sequence
from types import EllipsisType
from typing import Any

import numpy as np

from qgate.arguments import array_of, mapping_of, sequence_of
from qgate.arrays import depends_on_tracer, finished, framework_of, is_concrete, is_traced, unwrap
from qgate.exceptions import InvalidArgnums, NoSpectrum, QuantumFunctionError, described, name_of
from qgate.findable import picklable
from qgate.fourier.calls import Call, Index, argument_names, check_names, is_index
from qgate.fourier.preprocessing import Check, classical_jacobian
from qgate.fourier.spectra import checked_decimals, frequencies_of, joined, symmetric
from qgate.gradients.parameter_shift import HasRule
from qgate.measurements import MeasurementKind
from qgate.operations.operator import Operator, ParameterKind
from qgate.qnode import QNode
from qgate.structure import slots_in
from qgate.tape import Tape
from qgate.transforms.decomposition import decompose_structure
from qgate.typing import BoolArray, FloatArray, Nested, Tensor

Requested = Mapping[str, Collection[Index] | EllipsisType]
"""Indices of the parameters of each argument; an ellipsis: all of them."""

SERIES = (MeasurementKind.EXPVAL, MeasurementKind.PROBS)
"""Measurements that are linear in the state, so that their frequencies are those of the gates."""


@picklable
def qnode_spectrum(
    qnode: QNode,
    encoding_args: Mapping[str, Collection[Index] | EllipsisType] | Collection[str] | None = None,
    argnum: int | Sequence[int] | None = None,
    decimals: int = 8,
    validation_kwargs: Mapping[str, Nested] | None = None,
) -> Callable[..., dict[str, dict[Index, list[float]]]]:
    r"""Frequencies with which a QNode depends on its arguments.

    A gate with the frequencies :math:`\Omega` whose angle is :math:`a x + b` contributes
    :math:`|a|\,\Omega` to the spectrum of x; several gates contribute all sums and differences.
    The factors a are the Jacobian of the angles. Gates with several angles, and templates, are
    decomposed where the frequencies of each angle are not known.

    Parameters
    ----------
    qnode : QNode
        Returns expectation values or probabilities.
    encoding_args : mapping or collection of str, optional
        Names of arguments; a mapping gives for each name the indices of its parameters, which
        are tuples (() for a number, (i,) in an array with one axis), or an ellipsis for all.
        Takes precedence over ``argnum``.
    argnum : int or sequence of int, optional
        Positions of arguments. By default all arguments without a default value.
    decimals : int
        Number of decimals to which frequencies are rounded; smaller factors of arguments count as
        zero.
    validation_kwargs : mapping, optional
        ``num_pos`` (5), ``seed``, ``atol`` (1e-6), ``rtol`` and ``bounds`` of the test that
        angles are linear: the number of random points, and the interval in which the chosen
        parameters are drawn; all others stay as given.

    Returns
    -------
    callable
        Takes the arguments of the QNode. Gives a dict of dicts, ``result[name][index]``: the
        frequencies, ascending, with negative ones and 0; [0.0] for a parameter that feeds no
        gate. Frequencies are in radians of the gates' angles per unit of the argument.

    Raises
    ------
    NoSpectrum
        Angles are not linear in the arguments; a gate has no known frequencies, or is given by a
        matrix or a state that depends on them, as may be an observable; something other than
        expectation values and probabilities is returned; an argument is not made of numbers.
    UnknownArgument, InvalidArgnums
        The QNode does not have such an argument.
    QuantumFunctionError
        ``qnode`` is not a QNode.

    Notes
    -----
    Nothing is run. Cost: the Jacobian of the angles at ``1 + num_pos`` points. The spectrum lists
    the possible frequencies; the rest of the circuit determines which of them occur. Reference:
    Schuld, Sweke, Meyer, Phys. Rev. A 103, 032430 (2021), arXiv:2008.08605.

    Examples
    --------
    >>> @qg.qnode("local")
    ... def circuit(x, w):
    ...     qg.RX(0.5 * x[0], wires=0)
    ...     qg.Rot(w[0], w[1], w[2], wires=0)
    ...     qg.CRY(x[1], wires=[0, 1])
    ...     return qg.expval(qg.Z(1))
    >>> qnode_spectrum(circuit, argnum=0)([0.1, 0.2], [0.3, 0.4, 0.5])
    {'x': {(0,): [-0.5, 0.0, 0.5], (1,): [-1.0, -0.5, 0.0, 0.5, 1.0]}}
    """
    if not isinstance(qnode, QNode):
        raise QuantumFunctionError(
            f"qnode_spectrum was given {name_of(qnode)}, which is not bound to a device. Give a "
            "QNode, that is a quantum function decorated with qg.qnode(device)."
        )
    decimals = checked_decimals(decimals)
    requested = _requested(qnode, encoding_args, argnum)
    check = Check.of(mapping_of("qnode_spectrum", "validation_kwargs", validation_kwargs))

    @functools.wraps(qnode, updated=())
    def spectra(*args: Nested, **kwargs: Nested) -> dict[str, dict[Index, list[float]]]:
        call = Call.of(qnode, args, kwargs)
        values = {name: _numbers(call.arguments[name], name) for name in requested}
        masks = {name: _mask(name, requested[name], values[name].shape) for name in requested}
        if not values:
            return {}
        factors = _linear_part(call, values, masks, check)
        tape = call.replace(
            {name: _argument(_like(value, call.arguments[name])) for name, value in values.items()}
        ).tape()
        _refuse_measurements(tape)
        found = iter(_spectra_of(tape, factors, decimals))
        return {
            name: {tuple(map(int, index)): next(found) for index in np.argwhere(mask)}
            for name, mask in masks.items()
        }

    return spectra


def _requested(qnode: QNode, encoding_args: Any, argnum: Any) -> Requested:
    names = argument_names(qnode)
    if encoding_args is None and argnum is None:
        return dict.fromkeys(argument_names(qnode, with_defaults=False), ...)
    if encoding_args is None:
        return dict.fromkeys(_names_at(argnum, names), ...)
    given = encoding_args
    if not isinstance(given, Mapping):
        named = isinstance(given, str)
        given = [given] if named else sequence_of("qnode_spectrum", "encoding_args", given)
    check_names(given, qnode)
    by_name = given if isinstance(given, Mapping) else dict.fromkeys(given, ...)
    return {name: by_name[name] for name in names if name in by_name}


def _names_at(argnum: Any, names: Sequence[str]) -> list[str]:
    given = np.atleast_1d(array_of(argnum))
    if given.ndim != 1 or given.dtype.kind not in "iu":
        reason = "positions are whole numbers"
        raise InvalidArgnums(argnums=described(argnum), reason=reason, count=len(names))
    positions = sorted(given.tolist())
    for position in positions:
        if not 0 <= position < len(names):
            reason = f"there is no argument at position {position}"
            raise InvalidArgnums(argnums=described(argnum), reason=reason, count=len(names))
    return [names[position] for position in positions]


def _numbers(value: Nested, name: str) -> FloatArray:
    if not is_concrete(value):
        raise NoSpectrum(
            reason=f"the number in the argument {described(name)} is not known while a function "
            "is traced or compiled",
            remedy="Call it outside of that function; the spectrum does not depend on the values "
            "of the arguments it is of.",
        )
    plain = array_of(unwrap(value)) if not isinstance(value, str | dict | set) else None
    if plain is None or plain.dtype.kind not in "iuf":
        raise NoSpectrum(
            reason=f"the argument {described(name)} is {described(value)}, and not a number or "
            "an array of numbers",
            remedy="Leave it out by naming the others in encoding_args or argnum.",
        )
    return np.array(plain, dtype=float)


def _like(value: FloatArray, original: Tensor) -> Tensor:
    """Return numbers as an array of the framework and precision of an argument."""
    framework = framework_of(original)
    return value if framework is None else finished(value, [original])


def _argument(value: Tensor) -> Tensor:
    """Return a number as a Python number, an array unchanged."""
    theirs = is_traced(value) or framework_of(value) is not None
    return value if theirs or value.shape else float(value)


def _mask(
    name: str, indices: Collection[Index] | EllipsisType, shape: tuple[int, ...]
) -> BoolArray:
    """Return a mask of the numbers of an argument whose spectrum was requested."""
    mask = np.full(shape, indices is ...)
    for index in () if indices is ... else indices:
        if not is_index(index, shape):
            raise NoSpectrum(
                reason=f"the argument {described(name)} has the shape {shape} and no index "
                f"{described(index)}",
                remedy="Give tuples with one position for each axis, () for a number.",
            )
        mask[index] = True
    return mask


def _linear_part(
    call: Call, values: Mapping[str, FloatArray], masks: Mapping[str, BoolArray], check: Check
) -> FloatArray:
    """Return the derivatives, shape (P, n), of the circuit's slots by the n parameters."""
    chosen = [masks[name] for name in values]
    given = [call.arguments[name] for name in values]

    def angles(*inner: Tensor) -> Tensor:
        replaced = dict(zip(values, map(_argument, inner), strict=True))
        tape = call.replace(replaced).tape()
        _refuse_arrays(tape)
        return tape.row()

    def jacobian(point: Sequence[FloatArray]) -> FloatArray:
        parts = classical_jacobian(angles, list(map(_like, point, given)))
        return np.concatenate(
            [part[..., mask] for part, mask in zip(parts, chosen, strict=True)], axis=-1
        )

    here = jacobian(list(values.values()))
    for point in check.points(chosen, list(values.values())):
        there = jacobian(point)
        same = here.shape == there.shape
        if not same or not np.allclose(here, there, atol=check.atol, rtol=check.rtol):
            raise NoSpectrum(
                reason="the angles of the circuit are not linear functions of the arguments: "
                "their Jacobian is not the same everywhere",
                remedy="Add arguments and multiply them with constants only, or name in "
                "encoding_args or argnum those that are used so.",
            )
    return here if here.ndim == 2 else _of_one_row(here)


def _of_one_row(jacobians: FloatArray) -> FloatArray:
    """Return the Jacobian that all rows of a batch share, shape (K, P, n)."""
    if not np.allclose(jacobians, jacobians[0]):
        raise NoSpectrum(
            reason="a batch of angles depends on the arguments, each row of it in another way",
            remedy="Call with single values in place of the batch; other arguments may have one.",
        )
    return np.asarray(jacobians[0])


def _refuse_arrays(tape: Tape) -> None:
    owners = (item for item in tape for _ in item.parameters)
    for owner, value, kind in zip(owners, tape.parameters, tape.parameter_kinds, strict=True):
        if kind is not ParameterKind.ANGLES and depends_on_tracer(value):
            raise NoSpectrum(
                reason=f"{described(owner)} depends on the arguments by other than an angle",
                remedy="Encode with gates that have angles, such as rotations, or leave the "
                "argument out by naming the others in encoding_args or argnum.",
            )


def _refuse_measurements(tape: Tape) -> None:
    for item in tape.measurements:
        if item.kind not in SERIES:
            raise NoSpectrum(
                reason=f"the circuit returns {item.kind.value}, which is not linear in the state",
                remedy="Return expectation values or probabilities.",
            )


def _spectra_of(tape: Tape, factors: FloatArray, decimals: int) -> list[list[float]]:
    """Return the spectrum of each of n parameters on which slots depend by (P, n) factors."""
    decomposed = decompose_structure(tape.structure, HasRule())
    scales = np.abs(decomposed.angles.matrix.T @ factors)
    scales[scales < 0.5 * 10.0**-decimals] = 0.0
    parts: list[list[FloatArray]] = [[] for _ in range(factors.shape[1])]
    for operation in decomposed.structure.operations:
        for angle, frequencies in _contributions(operation, scales):
            for parameter in np.flatnonzero(scales[angle]):
                parts[parameter].append(scales[angle, parameter] * np.array(frequencies))
    return [symmetric(joined(found, decimals), decimals) for found in parts]


def _contributions(operation: Operator, scales: FloatArray) -> list[tuple[int, tuple[float, ...]]]:
    """Return the angles of a gate that depend on a parameter, with their frequencies."""
    by_parameter = [
        [angle for angle in slots_in(symbol) if scales[angle].any()]
        for symbol in operation.parameters
    ]
    if not any(by_parameter):
        return []
    known = frequencies_of(operation)
    return [
        (angle, frequencies)
        for angles, frequencies in zip(by_parameter, known, strict=True)
        for angle in angles
    ]

"""Transforms of circuits, and what they can be applied to."""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial, singledispatch, update_wrapper, wraps
from inspect import signature

from qgate.arguments import truth
from qgate.exceptions import TransformError, described, name_of
from qgate.findable import make_findable
from qgate.measurements import Measurement
from qgate.operations.operator import Operator
from qgate.recording import absorb, paused, record, recording
from qgate.tape import Tape
from qgate.transforms.pipeline import (
    OF_QNODES,
    BoundTransform,
    CompilePipeline,
    Transformed,
    side_by_side,
)
from qgate.typing import Function, Nested


@singledispatch
def _applied(target: object, transform: Transform, /, *args: object, **kwargs: object) -> Nested:
    """Apply a transform to an object of a class for which no function is registered."""
    return transform._apply_to(target, args, kwargs)


class Transform:
    """Function from a tape to several tapes, applicable to everything that holds a circuit.

    Created by :func:`transform`, which describes the parameters. Called on

    - a tape, it returns tapes to run and a function of their results;
    - a sequence of tapes, the same for all of them, with a tuple of results;
    - a QNode, it returns a QNode that transforms the tape of each call;
    - a quantum function, it returns a quantum function, if it makes one tape;
    - a pipeline, it returns the pipeline with the transform at its end;
    - options alone, it returns a ``BoundTransform``.
    """

    def __init__(
        self,
        tape_transform: Function,
        *,
        setup_inputs: Function | None = None,
        expand_transform: Function | None = None,
        classical_cotransform: Function | None = None,
        is_informative: bool = False,
        final_transform: bool = False,
    ) -> None:
        functions = setup_inputs, expand_transform, classical_cotransform
        for function in (tape_transform, *functions):
            if function is not None and not callable(function):
                raise TransformError(
                    transform="A transform",
                    reason=f"{described(function)} is no function",
                    remedy="Give a function on tapes, and functions for its options.",
                )
        self.tape_transform = tape_transform
        self.setup_inputs = setup_inputs
        self.expand_transform = expand_transform
        self.classical_cotransform = classical_cotransform
        self.is_informative = truth("transform", "is_informative", is_informative)
        self.is_final_transform = self.is_informative or truth(
            "transform", "final_transform", final_transform
        )
        self._of_qnode: Function = type(self).default_qnode_transform
        update_wrapper(self, tape_transform, updated=())
        self.name = name_of(tape_transform)
        self._apply = singledispatch(self.generic_apply_transform)

    generic_register = staticmethod(_applied.register)
    """Decorator of a function ``(target, transform, *args, **kwargs)`` for another class.

    It applies all transforms to objects of the class.
    """

    @property
    def register(self) -> Callable[..., Function]:
        """Decorator of a function that applies the transform to objects of another class."""
        return self._apply.register

    def custom_qnode_transform(self, function: Function) -> Function:
        """Apply the transform to QNodes by ``function(self, qnode, targs, tkwargs)``."""
        self._of_qnode = function
        return function

    def default_qnode_transform(
        self, qnode: Nested, targs: Sequence[object], tkwargs: Mapping[str, object]
    ) -> Nested:
        """Return the QNode with the transform at the end of its pipeline."""
        return qnode.with_pipeline(qnode.compile_pipeline + BoundTransform(self, targs, tkwargs))

    def __call__(self, *args: object, **kwargs: object) -> Nested:
        """Apply the transform; see the class."""
        if args:
            return self._apply(*args, **kwargs)
        if not kwargs:
            raise TransformError(
                transform=self.name,
                reason="it was given neither a circuit nor options",
                remedy="Give a tape, a quantum function or a QNode first.",
            )
        return self._bound(args, kwargs)

    def generic_apply_transform(self, target: object, /, *args: object, **kwargs: object) -> Nested:
        """Apply the transform as to objects for which it has no registered function of its own."""
        return _applied(target, self, *args, **kwargs)

    def _apply_to(
        self, target: Nested, args: Sequence[object], kwargs: Mapping[str, object]
    ) -> Nested:
        if not _holds_circuits(target):
            return self._bound((target, *args), kwargs)
        bound = self._bound(args, kwargs)
        if isinstance(target, Tape):
            return self._to_tape(target, bound)
        if hasattr(target, "with_pipeline"):
            return self._of_qnode(self, target, bound.args, bound.kwargs)
        if isinstance(target, CompilePipeline):
            return target + bound
        if isinstance(target, list | tuple):
            made = [self._apply(tape, *args, **kwargs) for tape in target]
            return tuple(tape for tapes, _ in made for tape in tapes), side_by_side(made)
        if hasattr(target, "capabilities"):
            raise TransformError(
                transform=self.name,
                reason=f"{described(target)} is a device",
                remedy="Transform the QNodes that run on it.",
            )
        return self._to_function(target, bound)

    def of_tape(self, tape: Tape, *args: object, **kwargs: object) -> Transformed:
        """Return the tapes to run and the function of their results, without an expansion before.

        Raises
        ------
        TransformError
            The function returned something else.
        """
        with paused():
            made = self.tape_transform(tape, *args, **kwargs)
        if not is_transformed(made):
            raise TransformError(
                transform=self.name,
                reason=f"it returned {described(made)}",
                remedy="Return a sequence of tapes and a function of the tuple of their results.",
            )
        transformed: Transformed = made
        return transformed

    def steps(self, args: Sequence[object], kwargs: Mapping[str, object]) -> list[BoundTransform]:
        """Return the transform with arguments, after its expansion if it has one."""
        bound = self._bound(args, kwargs)
        if self.expand_transform is None:
            return [bound]
        return [BoundTransform(Transform(self.expand_transform), bound.args, bound.kwargs), bound]

    def _bound(self, args: Sequence[object], kwargs: Mapping[str, object]) -> BoundTransform:
        """Return the transform with arguments, which have to fit its function."""
        if self.setup_inputs is not None:
            args, kwargs = self.setup_inputs(*args, **kwargs)
        given = {name: value for name, value in kwargs.items() if name not in OF_QNODES}
        try:
            signature(self.tape_transform).bind(None, *args, **given)
        except TypeError as error:
            raise TransformError(
                transform=self.name,
                reason=f"{error}",
                remedy=f"It is called as {self.name}{signature(self.tape_transform)}.",
            ) from None
        return BoundTransform(self, args, kwargs)

    # Targets ---------------------------------------------------------------------------

    def _to_tape(self, tape: Tape, bound: BoundTransform) -> Nested:
        if self.expand_transform is None:
            tapes, postprocess = bound.of_tape(tape)
        else:
            tapes, together = CompilePipeline(bound).of_tapes([tape])
            postprocess = partial(_only, together)
        return postprocess(tapes) if self.is_informative else (tapes, postprocess)

    def _to_function(self, function: Nested, bound: BoundTransform) -> Function:
        @wraps(function)
        def transformed(*args: object, **kwargs: object) -> Nested:
            absorb(*(arg for arg in (*args, *kwargs.values()) if isinstance(arg, Operator)))
            with recording() as recorder:
                returned = function(*args, **kwargs)
            items = recorder.items
            tape = Tape(
                [item for item in items if isinstance(item, Operator)],
                [item for item in items if isinstance(item, Measurement)],
            )
            made = self._to_tape(tape, bound)
            return made if self.is_informative else self._recorded(made[0], returned)

        return transformed

    def _recorded(self, tapes: Sequence[Tape], returned: Nested) -> Nested:
        """Record the only tape of a quantum function, and return its measurements."""
        if len(tapes) != 1:
            raise TransformError(
                transform=self.name,
                reason=f"it makes {len(tapes)} tapes, and a quantum function is one circuit",
                remedy="Apply it to a QNode, or to a tape.",
            )
        for operation in tapes[0].operations:
            record(copy.copy(operation))  # an object is recorded once, wherever it occurs
        measurements = [record(item) for item in tapes[0].measurements]
        if not measurements:
            return returned
        if isinstance(returned, tuple | list):
            return type(returned)(measurements)
        return tuple(measurements) if len(measurements) > 1 else measurements[0]

    # Composition and pickles -----------------------------------------------------------

    def __add__(self, other: object) -> CompilePipeline:
        return CompilePipeline(self) + other

    def __mul__(self, count: object) -> CompilePipeline:
        return CompilePipeline(self) * count

    __rmul__ = __mul__

    def __reduce_ex__(self, protocol: object) -> str | tuple[Nested, ...]:
        function = self.tape_transform
        name = getattr(function, "__qualname__", "")
        module = sys.modules.get(getattr(function, "__module__", None) or "")
        if getattr(module, name, None) is self:
            return str(name)
        make_findable(function)
        options = {
            "setup_inputs": self.setup_inputs,
            "expand_transform": self.expand_transform,
            "classical_cotransform": self.classical_cotransform,
            "is_informative": self.is_informative,
            "final_transform": self.is_final_transform,
        }
        return _remade, (function, options)

    def __copy__(self) -> Transform:
        return self

    def __deepcopy__(self, memo: object) -> Transform:
        return self

    def __repr__(self) -> str:
        return f"<transform: {self.name}>"


def transform(
    tape_transform: Function | None = None,
    pass_name: str | None = None,
    *,
    setup_inputs: Function | None = None,
    expand_transform: Function | None = None,
    classical_cotransform: Function | None = None,
    is_informative: bool = False,
    final_transform: bool = False,
    use_argnum_in_expand: bool = False,
    plxpr_transform: Function | None = None,
) -> Transform:
    """Create a transform of circuits from a function on tapes.

    A transformed QNode is a QNode: it has derivatives by the same methods in the same frameworks,
    and all tapes of a call are one submission.

    Parameters
    ----------
    tape_transform : callable
        Function of a tape, and of any options. It returns a sequence of tapes to run, and a
        function from the tuple of their results to the result. The result of a tape is what a
        QNode returns: an array for one measurement, a tuple for several, and a tuple of these for
        a shot vector. The parameters of the tapes may be traced by a framework, so decisions must
        not depend on their numbers. None: a decorator with the options.
    setup_inputs : callable, optional
        Function of the options that returns them as ``(args, kwargs)``, checked or completed.
    expand_transform : callable, optional
        Another function on tapes, which is applied first with the same options.
    classical_cotransform : callable, optional
        Function ``(results, cjac=, tape=)`` of the result for a tape, of the derivatives of its
        trainable parameters by the arguments of the QNode, and of the tape. It returns the result
        of the QNode, whose option ``argnums`` names the arguments. Only QNodes have it.
    is_informative : bool
        Whether the function of the results is given the tapes, which do not run.
    final_transform : bool
        Whether it has to be the last transform.
    pass_name, use_argnum_in_expand, plxpr_transform
        For PennyLane's compiler; without effect.

    Returns
    -------
    Transform
        Transform of tapes, quantum functions, QNodes and pipelines. As ``diff_method`` of a QNode,
        its results have to be the derivatives of the tape, as for ``qg.gradients.transform``.

    Raises
    ------
    TransformError
        There is no function, or a later call has arguments that do not fit it.

    Examples
    --------
    >>> @qg.transform
    ... def sum_of_scaled(tape, factors=(1.0, 2.0)):
    ...     angles = tape.parameters
    ...     places = range(len(angles))
    ...     tapes = [tape.bind_new_parameters([f * x for x in angles], places) for f in factors]
    ...     return tapes, sum
    >>> @sum_of_scaled(factors=(1.0, 0.0))
    ... @qg.qnode("local")
    ... def circuit(x):
    ...     qg.RX(x, wires=0)
    ...     return qg.expval(qg.Z(0))
    >>> print(circuit(0.5).round(6), qg.grad(circuit)(qg.numpy.array(0.5)).round(6))
    1.877583 -0.479426
    """
    made = partial(
        Transform,
        setup_inputs=setup_inputs,
        expand_transform=expand_transform,
        classical_cotransform=classical_cotransform,
        is_informative=is_informative,
        final_transform=final_transform,
    )
    if tape_transform is not None:
        return made(tape_transform)
    if pass_name is not None:
        raise TransformError(
            transform=f"The compiler pass {pass_name!r}",
            reason="qgate has no compiler of PennyLane's intermediate representation",
            remedy="Give a function of a tape.",
        )
    return made  # type: ignore[return-value]  # a decorator


def is_transformed(made: object) -> bool:
    """Return whether a function on tapes returned a sequence of tapes and a function."""
    if not isinstance(made, tuple | list) or len(made) != 2 or not callable(made[1]):
        return False
    tapes = made[0]
    return isinstance(tapes, tuple | list) and all(isinstance(each, Tape) for each in tapes)


def _only(postprocess: Function, results: Sequence[Nested]) -> Nested:
    """Return the result for the only tape of a pipeline."""
    return postprocess(results)[0]


def _holds_circuits(target: object) -> bool:
    """Return whether an object is a circuit or makes circuits; otherwise it is an option."""
    if isinstance(target, list | tuple):
        return all(isinstance(each, Tape) for each in target)
    if isinstance(target, Tape | CompilePipeline) or hasattr(target, "capabilities"):
        return True
    return callable(target) and not isinstance(target, Operator)


def _remade(function: Function, options: Mapping[str, Nested]) -> Transform:
    """Return the transform of a pickle."""
    return Transform(function, **options)

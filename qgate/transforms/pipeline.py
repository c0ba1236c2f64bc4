"""Transforms with their arguments, and sequences of them.

A transform is a function from a tape to several tapes and a function of their results. A pipeline
applies transforms one after the other to all tapes, and their functions of results in reverse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol, Self, TypeAlias, overload

from qgate.arguments import whole_number
from qgate.exceptions import TransformError, described
from qgate.sizes import MOST_STEPS, check_size
from qgate.tape import Tape
from qgate.typing import Function, Nested, Postprocess

LONGEST_ARGUMENT = 50
"""Longest text of an argument that a printed pipeline shows."""

PROTECTED = ("top", "user", "gradient", "device", "all", "all-mlir")
"""Levels of a drawing, whose names no marker may have."""

Transformed: TypeAlias = tuple[Sequence[Tape], Postprocess]
"""Tapes to run, and the function of the results of all of them, in order."""

Contract = Callable[["BoundTransform", int, int, Nested, Tape], Nested]
"""Contracts the result of a transform with derivatives of the arguments of a QNode.

It receives the transform, its position, the number of the tape, the result, and the tape.
"""


class TransformLike(Protocol):
    """Transform without arguments; see ``circuit_transform.Transform``."""

    name: str
    tape_transform: Function
    expand_transform: Function | None
    classical_cotransform: Function | None
    is_informative: bool
    is_final_transform: bool

    def __call__(self, target: object, *args: object, **kwargs: object) -> Nested:
        """Apply the transform."""

    def of_tape(self, tape: Tape, *args: object, **kwargs: object) -> Transformed:
        """Apply the transform to a tape."""

    def steps(self, args: Sequence[object], kwargs: Mapping[str, object]) -> list[BoundTransform]:
        """Return the transform with arguments, after its expansion if it has one."""


class BoundTransform:
    """A transform together with its arguments; ``transform(option=...)`` returns one.

    Called on anything that can be transformed. Two of them are added to a ``CompilePipeline``, and
    ``n * bound`` repeats one.

    Parameters
    ----------
    transform : Transform
    args, kwargs
        The arguments after the tape.
    """

    def __init__(
        self,
        transform: TransformLike,
        args: Sequence[object] = (),
        kwargs: Mapping[str, object] | None = None,
    ) -> None:
        self.transform = transform
        self.args = tuple(args)
        self.kwargs = dict(kwargs or {})

    @property
    def tape_transform(self) -> Function:
        """The function of a tape."""
        return self.transform.tape_transform

    @property
    def classical_cotransform(self) -> Function | None:
        """The function that contracts results with classical derivatives, or None."""
        return self.transform.classical_cotransform

    @property
    def is_informative(self) -> bool:
        """Whether it returns information on a circuit, which is not run."""
        return self.transform.is_informative

    @property
    def is_final_transform(self) -> bool:
        """Whether it has to be the last of a pipeline."""
        return self.transform.is_final_transform

    def steps(self) -> list[BoundTransform]:
        """Return itself, after its expansion if it has one."""
        return self.transform.steps(self.args, self.kwargs)

    def of_tape(self, tape: Tape) -> Transformed:
        """Apply the transform to a tape."""
        options = {name: value for name, value in self.kwargs.items() if name not in OF_QNODES}
        return self.transform.of_tape(tape, *self.args, **options)

    def __call__(self, target: object) -> Nested:
        """Transform a tape, several tapes, a quantum function or a QNode."""
        return self.transform(target, *self.args, **self.kwargs)

    def __add__(self, other: object) -> CompilePipeline:
        return CompilePipeline(self) + other

    def __mul__(self, count: object) -> CompilePipeline:
        return CompilePipeline(self) * count

    __rmul__ = __mul__

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, BoundTransform):
            return NotImplemented
        mine = (self.tape_transform, self.args, self.kwargs, self.transform.is_final_transform)
        return mine == (
            other.tape_transform,
            other.args,
            other.kwargs,
            other.transform.is_final_transform,
        )

    def __hash__(self) -> int:
        return hash((self.tape_transform, len(self.args), tuple(sorted(self.kwargs))))

    def __str__(self) -> str:
        named = [f"{name}={_short(value)}" for name, value in self.kwargs.items()]
        return f"{self.transform.name}({', '.join([*map(_short, self.args), *named])})"

    def __repr__(self) -> str:
        named = [f"{name}={value}" for name, value in self.kwargs.items()]
        return f"<{self.transform.name}({', '.join([*map(repr, self.args), *named])})>"


OF_QNODES = frozenset({"argnums", "hybrid"})
"""Arguments of a transform that its classical part takes, not its function of a tape."""


class CompilePipeline:
    """Sequence of transforms, applied one after the other.

    It can be changed like a list, and applied to whatever a transform can be applied to, also as
    the decorator of a QNode.

    Parameters
    ----------
    *transforms : Transform, BoundTransform or CompilePipeline
        Also a single sequence of them.

    Raises
    ------
    TransformError
        A part is no transform, or two are final ones.

    Examples
    --------
    >>> @qg.transform
    ... def without(tape, name):
    ...     kept = [operation for operation in tape.operations if operation.name != name]
    ...     return [tape.copy(operations=kept)], lambda results: results[0]
    >>> pipeline = without(name="RX") + without(name="RY")
    >>> pipeline.add_marker("filtered")
    >>> print(pipeline)
    CompilePipeline(
      [1] without(name=RX),
      [2] without(name=RY)
       └─▶ filtered
    )
    """

    def __init__(self, *transforms: object) -> None:
        self._steps: list[BoundTransform] = []
        self._markers: dict[str, int] = {}
        single = transforms[0] if len(transforms) == 1 else None
        for part in single if isinstance(single, list | tuple) else transforms:
            self += part

    # List ------------------------------------------------------------------------------

    def __iter__(self) -> Iterator[BoundTransform]:
        return iter(self._steps)

    def __len__(self) -> int:
        return len(self._steps)

    @overload
    def __getitem__(self, index: int) -> BoundTransform: ...

    @overload
    def __getitem__(self, index: slice) -> CompilePipeline: ...

    def __getitem__(self, index: int | slice) -> BoundTransform | CompilePipeline:
        if not isinstance(index, slice):
            return self._steps[index]
        start, stop, step = index.indices(len(self))
        part = CompilePipeline()
        part._steps = self._steps[index]
        last = stop if stop == len(self) else stop - 1
        if step == 1:
            inside = {name: at for name, at in self._markers.items() if start <= at <= last}
            part._markers = {name: at - start for name, at in inside.items()}
        return part

    def __contains__(self, item: object) -> bool:
        return any(_matches(item, step) for step in self)

    def __copy__(self) -> CompilePipeline:
        return self[:]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, CompilePipeline):
            return NotImplemented
        return (self._steps, self._markers) == (other._steps, other._markers)

    __hash__ = None  # type: ignore[assignment]  # it can be changed

    def __iadd__(self, other: object) -> Self:
        steps = _steps_of(other)
        if self.has_final_transform and any(step.is_final_transform for step in steps):
            raise TransformError(
                transform=str(steps[-1]),
                reason="the pipeline already has a final transform",
                remedy="Apply it to the derivatives or results outside of the pipeline.",
            )
        if isinstance(other, CompilePipeline):
            self._markers |= {name: at + len(self) for name, at in other._markers.items()}
        self._steps = [*self._steps, *steps]
        return self

    def __add__(self, other: object) -> CompilePipeline:
        whole = self[:]
        whole += other
        return whole

    def __radd__(self, other: object) -> CompilePipeline:
        return CompilePipeline(other) + self

    def __mul__(self, count: object) -> CompilePipeline:
        number = whole_number(count)
        if number is None or number < 0:
            raise TransformError(
                transform="A pipeline",
                reason=f"{described(count)} is no number of repetitions",
                remedy="Multiply it by a whole number from 0 on.",
            )
        count_all, remedy = number * max(1, len(self)), "Repeat it less often."
        check_size("A repeated pipeline", count_all, MOST_STEPS, unit="transforms", remedy=remedy)
        whole = self[:] if number else CompilePipeline()
        whole += CompilePipeline(self._steps * (number - 1))
        return whole

    __rmul__ = __mul__

    def append(self, transform: object) -> None:
        """Add a transform at the end."""
        self += _single(transform)

    def extend(self, transforms: Iterable[object]) -> None:
        """Add all transforms of a pipeline or a sequence at the end."""
        for part in [transforms] if isinstance(transforms, CompilePipeline) else transforms:
            self += part

    def add_transform(self, transform: object, *args: object, **kwargs: object) -> None:
        """Add a transform with arguments at the end."""
        (*_, step) = _single(transform)
        self += BoundTransform(step.transform, args, kwargs)

    def insert(self, index: int, transform: object) -> None:
        """Insert a transform, with its expansion, before the one at a position."""
        steps = _single(transform)
        if self and steps[-1].is_final_transform:
            raise TransformError(
                transform=str(steps[-1]),
                reason="it is a final transform",
                remedy="Append it at the end of the pipeline.",
            )
        position = whole_number(index)
        if position is None:
            raise TransformError(
                transform="A pipeline",
                reason=f"index={described(index)} is no position",
                remedy="Give a whole number, counted from the end if negative.",
            )
        place = range(len(self))[position:].start
        self._steps = [*self._steps[:place], *steps, *self._steps[place:]]
        self._move_markers(place - 1, len(steps))

    def pop(self, index: int = -1) -> BoundTransform:
        """Remove the transform at a position, with its expansion, and return it."""
        place = range(len(self))[index]
        removed = self._steps[place]
        count = len(removed.steps())
        first = max(place - count + 1, 0)
        if self._steps[first : place + 1] != removed.steps():
            first = place
        self._steps = [*self._steps[:first], *self._steps[place + 1 :]]
        self._move_markers(place, first - place - 1)
        return removed

    def remove(self, transform: object) -> None:
        """Remove a transform: all its occurrences, or those with the same arguments."""
        _single(transform)
        for place in reversed(range(len(self))):
            if place < len(self) and _matches(transform, self._steps[place]):
                self.pop(place)

    def _move_markers(self, after: int, count: int) -> None:
        """Move the markers behind a position."""
        self._markers = {
            name: max(at + count, 0) if at > after else at for name, at in self._markers.items()
        }

    # Markers ---------------------------------------------------------------------------

    @property
    def markers(self) -> list[str]:
        """Names of the marked places."""
        return list(self._markers)

    def add_marker(self, label: str, level: int | None = None) -> None:
        """Name the place after ``level`` transforms; default after the last one."""
        place = len(self) if level is None else whole_number(level)
        if not isinstance(label, str) or label in (*self._markers, *PROTECTED):
            raise TransformError(
                transform="A marker",
                reason=f"{described(label)} is no text, or names another place",
                remedy=f"Give a name other than {', '.join((*PROTECTED, *self._markers))}.",
            )
        if place is None or not 0 <= place <= len(self):
            raise TransformError(
                transform=f"The marker {label!r}",
                reason=f"{described(level)} is no place among {len(self)} transforms",
                remedy=f"Give a number from 0 to {len(self)}.",
            )
        self._markers[label] = place

    def remove_marker(self, label: str) -> None:
        """Remove a marker."""
        if label not in self._markers:
            raise TransformError(
                transform=f"The marker {described(label)}",
                reason="there is none of this name",
                remedy=f"Name one of {self.markers}.",
            )
        del self._markers[label]

    def get_marker_level(self, label: str) -> int | None:
        """Return the number of transforms before a marker; None: there is no such marker."""
        return self._markers.get(label)

    # Application -----------------------------------------------------------------------

    @property
    def is_informative(self) -> bool:
        """Whether it returns information on a circuit, which is not run."""
        return any(step.is_informative for step in self)

    @property
    def has_final_transform(self) -> bool:
        """Whether it has a transform that has to be the last one."""
        return any(step.is_final_transform for step in self)

    def has_classical_cotransform(self) -> bool:
        """Return whether a transform contracts results with classical derivatives."""
        return any(step.classical_cotransform is not None for step in self)

    def of_tapes(self, tapes: Sequence[Tape], contract: Contract | None = None) -> Transformed:
        """Apply all transforms to tapes.

        Returns
        -------
        tapes : tuple of Tape
            All tapes to run.
        postprocess : callable
            From their results to a tuple with a result for each given tape.
        """
        current, stack = tuple(tapes), list[Postprocess]()
        for level, step in enumerate(self):
            made = [step.of_tape(tape) for tape in current]
            if step.classical_cotransform is not None and contract is not None:
                stack.append(_contracted(contract, step, level, current))
            stack.append(side_by_side(made))
            current = tuple(tape for others, _ in made for tape in others)

        def postprocess(results: Sequence[Nested]) -> Nested:
            found: Nested = tuple(results)
            for read in reversed(stack):
                found = read(found)
            return found

        return current, postprocess

    def __call__(self, target: Nested) -> Nested:
        """Transform a tape, several tapes, a quantum function or a QNode.

        For tapes it returns the tapes to run, and a function from their results to a tuple with a
        result for each given tape.
        """
        if isinstance(target, Tape):
            return self.of_tapes([target])
        if isinstance(target, list | tuple) and all(isinstance(each, Tape) for each in target):
            return self.of_tapes(target)
        if hasattr(target, "with_pipeline"):
            return target.with_pipeline(target.compile_pipeline + self)
        if not callable(target):
            raise TransformError(
                transform="A pipeline",
                reason=f"{described(target)} is no circuit",
                remedy="Give a tape, several tapes, a quantum function or a QNode.",
            )
        for step in self:
            target = step(target)
        return target

    def __str__(self) -> str:
        return self._listed(str)

    def __repr__(self) -> str:
        return self._listed(repr)

    def _listed(self, spell: Callable[[BoundTransform], str]) -> str:
        lines = []
        for level in range(len(self) + 1):
            if level:
                comma = "," if level < len(self) else ""
                lines.append(f"  [{level}] {spell(self._steps[level - 1])}{comma}")
            names = [name for name, at in self._markers.items() if at == level]
            if names:
                lines.append(f"   {'├' if level < len(self) else '└'}─▶ {', '.join(names)}")
        return "\n".join(["CompilePipeline(", *lines, ")"]) if lines else "CompilePipeline()"


def side_by_side(made: Sequence[Transformed]) -> Postprocess:
    """Return the function of all results of several transformed tapes: a tuple of theirs."""

    def postprocess(results: Sequence[Nested]) -> Nested:
        found, start = [], 0
        for tapes, read in made:
            found.append(read(tuple(results[start : start + len(tapes)])))
            start += len(tapes)
        return tuple(found)

    return postprocess


def _contracted(
    contract: Contract, step: BoundTransform, level: int, tapes: Sequence[Tape]
) -> Postprocess:
    def postprocess(results: Sequence[Nested]) -> Nested:
        pairs = enumerate(zip(results, tapes, strict=True))
        return tuple(contract(step, level, index, result, tape) for index, (result, tape) in pairs)

    return postprocess


def _steps_of(part: object) -> list[BoundTransform]:
    """Return the steps of a pipeline, of a transform with or without arguments."""
    if isinstance(part, CompilePipeline):
        return list(part)
    if isinstance(part, BoundTransform):
        return part.steps()
    if hasattr(part, "steps") and hasattr(part, "tape_transform"):
        found: list[BoundTransform] = part.steps((), {})
        return found
    raise TransformError(
        transform="A pipeline",
        reason=f"it was given {described(part)}, which is no transform",
        remedy="Give transforms, such as qg.transforms.cancel_inverses, with or without arguments.",
    )


def _single(transform: object) -> CompilePipeline:
    """Return a transform and its expansion as a pipeline; refuse pipelines and sequences."""
    if isinstance(transform, CompilePipeline | list | tuple):
        raise TransformError(
            transform="A pipeline",
            reason=f"{described(transform)} is not a single transform",
            remedy="Add several with extend, or with +.",
        )
    return CompilePipeline(transform)


def _matches(item: object, step: BoundTransform) -> bool:
    """Return whether a step is this transform, or equal to it if it has arguments."""
    if isinstance(item, BoundTransform):
        return item == step
    return bool(getattr(item, "tape_transform", None) == step.tape_transform)


def _short(value: object) -> str:
    text = str(value)
    return "..." if len(text) > LONGEST_ARGUMENT else text

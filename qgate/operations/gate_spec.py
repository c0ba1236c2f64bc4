"""Specification of a gate: a row of the gate table, its signature and its docstring."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Any, TypeAlias

from qgate.exceptions import InvalidCall
from qgate.typing import NumericArray, Tensor

if TYPE_CHECKING:
    from qgate.operations.operator import Operator

Decomposition = Callable[..., Sequence["Operator"]]
MatrixRule = NumericArray | Callable[..., NumericArray]

Argument: TypeAlias = Any
"""An argument of a gate: an angle, wires, or an option, before they are checked."""

REQUIRED = Parameter.empty
"""Marks an argument without a default."""

ANGLE = "Angle in radians; an array is a batch."


@dataclass(frozen=True, slots=True)
class Option:
    """Argument of a gate besides angles and wires: type and description, for the documentation.

    The default ``REQUIRED`` stands for none.
    """

    kind: str
    doc: str
    default: object = REQUIRED


@dataclass(frozen=True, slots=True)
class GateSpec:
    """A row of the table of gates.

    Parameters
    ----------
    name : str
        Name of the gate for devices, drawings and errors.
    wires : int or None
        Number of wires; None: any number.
    angles : tuple of str
        Names of its angles (radians), in the order of the call.
    matrix : array or callable, optional
        Constant unitary, shape (2**n, 2**n), or its diagonal, shape (2**n,), if it is diagonal; or
        a function of the number of wires ``n`` and the options that returns one of these.
    generator : array or callable, optional
        Hermitian G of exp(i x G), likewise.
    eigenvalues : tuple of float or callable, optional
        The distinct eigenvalues of G, where they are known in closed form.
    factors, decomposition : callable, optional
        From angles and wires, and the options as keywords, to gates, first applied first.
    inverse : callable or str, optional
        Angles of this gate to the angles of its adjoint, as a tuple; or the name of the gate
        that is its adjoint. A gate with a Hermitian ``matrix`` needs none.
    options : mapping of str to Option
        Further arguments by name.
    core : str
        For a controlled gate: the gate that is applied where the first wires are 1. The matrix or
        generator follows from the gate's.
    options_first : bool
        Whether the options stand before the wires in the call.
    wireless : bool
        Whether it may be called without wires.
    check : callable, optional
        Takes wires and options; returns the normalized options, or raises.
    """

    name: str
    wires: int | None
    angles: tuple[str, ...] = ()
    matrix: MatrixRule | None = None
    generator: MatrixRule | None = None
    eigenvalues: tuple[float, ...] | Callable[..., tuple[float, ...]] | None = None
    factors: Decomposition | None = None
    decomposition: Decomposition | None = None
    inverse: Callable[..., tuple[Tensor, ...]] | str | None = None
    options: Mapping[str, Option] = field(default_factory=dict)
    core: str = ""
    options_first: bool = False
    wireless: bool = False
    check: Callable[..., Mapping[str, Hashable]] | None = None
    defaults: Mapping[str, object] = field(init=False)
    """Arguments of the call in order, with their default or ``REQUIRED``."""
    simple: bool = field(init=False)
    """Whether the gate takes angles and wires only."""

    def __post_init__(self) -> None:
        options = {name: option.default for name, option in self.options.items()}
        wires = {"wires": () if self.wireless else REQUIRED}
        angles = dict.fromkeys(self.angles, REQUIRED)
        rest = options | wires if self.options_first else wires | options
        object.__setattr__(self, "defaults", angles | rest)
        object.__setattr__(self, "simple", not self.options)

    @property
    def call(self) -> tuple[str, ...]:
        """The names of the arguments, in order."""
        return tuple(self.defaults)

    @property
    def signature(self) -> Signature:
        """Signature of the gate, for ``help`` and editors."""
        given = [
            Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, default=default)
            for name, default in self.defaults.items()
        ]
        return Signature([*given, Parameter("id", Parameter.KEYWORD_ONLY, default=None)])

    def arguments(
        self, args: tuple[Argument, ...], named: Mapping[str, Argument], *, public: str
    ) -> Mapping[str, Argument]:
        """Bind the arguments of a call to their names; errors name the gate ``public``."""
        defaults = self.defaults
        given: dict[str, Argument] = dict(zip(defaults, args, strict=False))
        if not named and len(args) == len(defaults):
            return given
        whole = {**defaults, **given, **named}
        if (
            len(whole) > len(defaults)
            or len(args) > len(defaults)
            or not named.keys().isdisjoint(given)
            or any(value is REQUIRED for value in whole.values())
        ):
            raise InvalidCall(
                gate=public,
                reason="; ".join(self._wrongs(args, named, whole)),
                call=f"{public}({', '.join(self.call)})",
            )
        return whole

    def _wrongs(
        self,
        args: tuple[Argument, ...],
        named: Mapping[str, Argument],
        whole: Mapping[str, Argument],
    ) -> Iterator[str]:
        """Raise the error for an invalid call."""
        if len(args) > len(self.call):
            several = "" if self.wires == 1 else " (several wires are given as one list)"
            yield f"it takes {len(self.call)} and was given {len(args)} arguments{several}"
        for name in self.call[: len(args)]:
            if name in named:
                yield f"{name} was given twice"
        for name in named:
            if name not in self.defaults:
                yield f"there is no argument {name!r}"
        for name, value in whole.items():
            if value is REQUIRED:
                yield f"{name} is missing"

    def docs(self, summary: str) -> str:
        """Return the docstring of the gate's class."""
        options = [(name, option.kind, option.doc) for name, option in self.options.items()]
        wires = [("wires", "wires", self._on())]
        entries = [
            *((name, "real, or array of shape (B,)", ANGLE) for name in self.angles),
            *(options + wires if self.options_first else wires + options),
            ("id", "str, optional", "A name for this occurrence."),
        ]
        lines = [f"{name} : {kind}\n    {doc}" for name, kind, doc in entries]
        return "\n".join([summary, "", "Parameters", "----------", *lines])

    def _on(self) -> str:
        """Describe the wires of the gate."""
        if self.wires is None:
            return "What it acts on: any number, or none." if self.wireless else "What it acts on."
        return "The wire it acts on." if self.wires == 1 else f"The {self.wires} wires it acts on."

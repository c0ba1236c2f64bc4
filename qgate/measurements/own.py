"""Measurements whose value a method of a user's class computes."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, ClassVar

from qgate.exceptions import QuantumFunctionError, described
from qgate.measurements.measurement import MeasuredForm, Measurement, MeasurementKind
from qgate.operations.custom import frozen
from qgate.operations.operator import Operator
from qgate.typing import Tensor, WiresLike


class OwnMeasurement(Measurement):
    """Parent of the classes that users derive from PennyLane's classes of measurements.

    Parameters
    ----------
    obs : Operator, optional
        Samples are in its eigenbasis.
    wires : wires, optional
        Wires that the method looks at; it gets the samples or the state of all wires.
    eigvals : array, optional
        Kept for the method; ``eigvals()`` returns it.
    id : str, optional
        Kept, without effect.

    Raises
    ------
    QuantumFunctionError
        Both an observable and wires were given, or the outcome of a mid-circuit measurement; or the
        class does not define its methods.
    """

    is_own = True
    parents: ClassVar[tuple[Any, ...]] = ()
    """The classes of measurements from which the user's class derives."""

    methods: ClassVar[tuple[str, ...]] = ()
    """The methods by which values are computed: ``process_samples``, ``process_state``."""

    def __init__(
        self,
        obs: Operator | None = None,
        wires: WiresLike | None = None,
        eigvals: Tensor | None = None,
        id: str | None = None,
    ) -> None:
        if not (obs is None or isinstance(obs, Operator)) or (
            obs is not None and wires is not None
        ):
            raise QuantumFunctionError(
                f"{type(self).__name__} was given obs={described(obs)} and wires="
                f"{described(wires)}. Give an observable, or wires, or neither."
            )
        for method in self.methods:
            if getattr(type(self), method) is getattr(Measurement, method):
                raise QuantumFunctionError(
                    f"{type(self).__name__} computes no value. Define its method {method}."
                )
        self.id, self._eigvals = id, eigvals
        super().__init__(MeasurementKind.PROCESSED, obs, wires=() if wires is None else wires)

    @property
    def form(self) -> MeasuredForm | None:
        """None: the numbers of the observable are constants of the circuit."""
        return None

    @property
    def return_type(self) -> str:
        """Name of the class."""
        return type(self).__name__

    @property
    def signature(self) -> Hashable:
        return type(self), frozen(vars(self))

    def eigvals(self) -> Tensor | None:
        """Return the eigenvalues that were given, or those of the observable."""
        return self._eigvals if self.obs is None else super().eigvals()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OwnMeasurement) and self.signature == other.signature

    __hash__ = Measurement.__hash__

    def __repr__(self) -> str:
        inner = f"wires={list(self.wires)}" if self.obs is None else repr(self.obs)
        return f"{type(self).__name__}({inner})"

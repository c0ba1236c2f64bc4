"""Shape and type of the value of a measurement, and further attributes of measurements."""

from __future__ import annotations

from typing import Any

from qgate.arguments import whole_number
from qgate.exceptions import MeasurementShapeError, QuantumFunctionError, described
from qgate.lazy_names import load
from qgate.recording import record
from qgate.typing import Function, Tensor, WiresLike

PROCESSING = "qgate.transforms.processing"
"""Module above this one, with the functions that compute values; it is loaded on use."""

TYPES = {"sample": int, "classical_shadow": int, "state": complex, "density_matrix": complex}
"""Types of the values of measurements that are not float; counts are dictionaries."""


class MeasuredValue:
    """Base class of measurements: what their value is, and how an observable is measured."""

    def shape(self: Any, shots: int | None = None, num_device_wires: int = 0) -> tuple[int, ...]:
        """Return the shape of the value, without axes for a batch.

        Parameters
        ----------
        shots : int, optional
            Number of shots, of which the shape of samples depends.
        num_device_wires : int
            Number of wires of a measurement of all wires.

        Raises
        ------
        MeasurementShapeError
            Samples without a number of shots.
        QuantumFunctionError
            Counts, which are dictionaries.
        """
        wires = len(self.wires) or num_device_wires
        if self.kind == "counts":
            raise QuantumFunctionError(f"The value of {self!r} is a dictionary and has no shape.")
        if self.kind in ("sample", "classical_shadow"):
            number = whole_number(shots)
            if number is None or number < 1:
                raise MeasurementShapeError(
                    f"The shape of {self!r} depends on the number of shots, and shots="
                    f"{described(shots)} was given. Give shots=1000, for example."
                )
            if self.kind == "classical_shadow":
                return (2, number, wires)
            return (number,) if self.obs is not None else (number, wires)
        if self.kind in ("probs", "state"):
            return (2**wires,)
        return (2**wires, 2**wires) if self.kind == "density_matrix" else ()

    @property
    def numeric_type(self: Any) -> type:
        """Type of the numbers of the value: ``int``, ``float`` or ``complex``.

        Raises
        ------
        QuantumFunctionError
            Counts, which are dictionaries.
        """
        if self.kind == "counts":
            raise QuantumFunctionError(
                f"The value of {self!r} is a dictionary and has no numeric type."
            )
        if self.dtype is not None:
            return type(self.dtype.type(0).item())
        return float if self.obs is not None else TYPES.get(self.kind, float)

    @property
    def samples_computational_basis(self: Any) -> bool:
        """Whether wires are measured as they are, without an observable."""
        return self.obs is None and self.kind != "classical_shadow"

    def eigvals(self: Any) -> Tensor | None:
        """Return the eigenvalues of the observable; None where there is none."""
        return None if self.obs is None else self.obs.eigvals()

    def diagonalizing_gates(self: Any) -> list[Any]:
        """Return gates that map the observable's eigenbasis to the computational basis."""
        return [] if self.obs is None else self.obs.diagonalizing_gates()

    def process_samples(
        self,
        samples: Tensor,
        wire_order: WiresLike,
        shot_range: tuple[int, int] | None = None,
        bin_size: int | None = None,
    ) -> Any:
        """Return the value for given samples of wires.

        Parameters
        ----------
        samples : array of int, shape (..., shots, n)
            Bits, measured after ``diagonalizing_gates`` where there is an observable.
        wire_order : wires
            The n wires.
        shot_range : (int, int), optional
            First shot, and the one behind the last; default all.
        bin_size : int, optional
            Number of shots of each bin. A last axis is then that of the bins; without it, all
            shots are one bin.

        Raises
        ------
        QuantumFunctionError
            The value is not computed from bits.
        """
        return _processing("from_samples")(self, samples, wire_order, shot_range, bin_size)

    def process_counts(self, counts: dict[str, int], wire_order: WiresLike) -> Any:
        """Return the value for given counts of bitstrings of wires; as ``process_samples``."""
        return _processing("from_counts")(self, counts, wire_order)

    def process_state(self, state: Tensor, wire_order: WiresLike) -> Any:
        """Return the value for a given state of wires.

        Parameters
        ----------
        state : array, shape (..., 2**n)
            After ``diagonalizing_gates`` where there is an observable.
        wire_order : wires
            The n wires, the first most significant.

        Raises
        ------
        QuantumFunctionError
            The value is not computed from a state.
        """
        return _processing("from_state")(self, state, wire_order)

    def process_density_matrix(self, density_matrix: Tensor, wire_order: WiresLike) -> Any:
        """Return the value for a density matrix (..., 2**n, 2**n); as ``process_state``."""
        return _processing("from_density_matrix")(self, density_matrix, wire_order)

    def queue(self) -> Any:
        """Record the measurement again; return it."""
        return record(self)


def _processing(name: str) -> Function:
    found: Function = load(PROCESSING, name, package="qgate")
    return found

"""Facts about a Braket device, from GetDevice or from a card."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qgate.devices.braket.gates import UNREAD, accepted, forms, sequences
from qgate.devices.capabilities import Capabilities
from qgate.operations.recorded import MID_MEASURE

Range = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetLimits:
    """Limits of one program set.

    Parameters
    ----------
    executables : int
        Maximum number of executables.
    shots : int
        Maximum number of shots of all executables together.
    min_shots : int
        Minimum number of shots of all executables together.
    """

    executables: int
    shots: int
    min_shots: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceFacts:
    """Facts from which the capabilities of a device are derived.

    Parameters
    ----------
    wires : int
    gates : frozenset of str
        Braket's names of the gates that the service compiles.
    native : frozenset of str
        Braket's names of the native gates, used in verbatim circuits.
    shots : (int, int)
        Minimum and maximum number of shots of one circuit.
    reservation_shots : (int, int), optional
        The same within a reservation, if different.
    sets : SetLimits, optional
        Limits of program sets; None: the device accepts one circuit per task.
    exact : bool
        Whether it returns exact probabilities.
    reads_all : bool
        Whether it measures all qubits of a circuit or none.
    """

    wires: int
    gates: frozenset[str]
    native: frozenset[str] = frozenset()
    shots: Range
    reservation_shots: Range | None = None
    sets: SetLimits | None = None
    exact: bool = False
    reads_all: bool = False

    def capabilities(
        self,
        *,
        verbatim: bool = False,
        reserved: bool = False,
        noisy: bool = False,
        **more: Any,
    ) -> Capabilities:
        """Return the capabilities of the device.

        Parameters
        ----------
        verbatim : bool
            Whether circuits are run without compilation, in the device's native gates.
        reserved : bool
            Whether tasks run in a reservation, which may accept other numbers of shots.
        noisy : bool
            Whether its gates have errors, so that identity gates are not removed.
        **more
            Further capabilities, which do not follow from the facts.

        Notes
        -----
        The minimum number of shots of a program set holds for the task as a whole. It was
        introduced with program sets of IonQ:
        https://github.com/amazon-braket/amazon-braket-schemas-python/pull/223. If a device has it,
        a circuit of a set may have any number of shots; otherwise each circuit must respect
        ``shots``.
        """
        fewest, most = (reserved and self.reservation_shots) or self.shots
        if self.sets is not None and self.sets.min_shots > 1:
            fewest = 1  # the minimum holds for the task, not for each circuit
        gates = accepted(self.gates, noisy=noisy)
        if verbatim:
            gates = UNREAD | forms(self.native).keys() | sequences(self.native).keys()
        if more.get("feed_forward"):
            gates |= {MID_MEASURE}
        return Capabilities(
            gates=gates,
            exact=frozenset({"probs"} if self.exact else ()),
            exact_words=self.exact,  # true of all Braket simulators that support probs
            max_wires=self.wires,
            min_shots=max(1, fewest),
            **self._limits(most),
            **more,
        )

    def _limits(self, most_shots: int) -> dict[str, Any]:
        """Return the limits of one submission: a program set, or one circuit with one row."""
        if self.sets is None:
            return {"max_rows": 1, "max_shots": most_shots}
        return {
            "equal_shots": True,
            "max_rows": self.sets.executables,
            "max_shots": min(most_shots, self.sets.shots),
            "max_total_shots": self.sets.shots,
            "min_total_shots": self.sets.min_shots,
        }

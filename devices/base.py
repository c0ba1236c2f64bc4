"""Abstract base class of devices."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, Self, TypeAlias

import numpy as np

from qgate.budget import Budget
from qgate.devices.capabilities import Capabilities
from qgate.devices.job import Job
from qgate.exceptions import InvalidShots, NotEmulated, ShotsRequired
from qgate.lazy_names import load
from qgate.shots import Shots
from qgate.sweep import Sweep
from qgate.tape import Tape
from qgate.typing import WiresLike
from qgate.wires import Wires

if TYPE_CHECKING:
    from qgate.devices.compiled import CompiledCircuit
    from qgate.devices.draws import KeyedSeeds
    from qgate.devices.emulation.calibration import Calibration
    from qgate.devices.emulation.native_circuit import NativeCircuit
    from qgate.mitigation.method import Mitigation
    from qgate.prices import Rate
    from qgate.tape import Tape

NOT_IN_IDENTITY = frozenset(
    {
        "budget_usd",
        "max_execution_time_s",
        "max_time_s",
        "mitigation",
        "patience_s",
        "plan",
        "poll_s",
        "profile",
        "s3_bucket",
        "s3_prefix",
        "shots",
        "tags",
        "unknown_price",
        "wires",
    }
)
"""Options that do not change the result of a sweep."""


ShotsLike: TypeAlias = Shots | Budget | int | Sequence[int | Sequence[int]] | str | None
"""Shots as in ``Shots.of``, or ``"default"``."""

MOST_THREADS = 256
"""Maximum number of simulation threads; each has buffers and a stack of its own."""

MOST_TRAJECTORIES = 10**9
"""Maximum number of trajectories that an exact result averages."""


class Device(ABC):
    """Base class of devices, which run sweeps.

    Required: ``capabilities`` (as a class attribute or in ``__init__``) and ``submit``.
    Optional: ``weigh`` where the capabilities have a ``max_bytes``; ``restart_random`` for a device
    with a seed; ``compiled`` where circuits are compiled before they are sent; ``native_circuits``
    and ``noise_calibration`` for a device that can be emulated. A device whose
    capabilities have ``statevector`` is a ``StatevectorDevice``, one with paid submissions a
    ``RemoteDevice``.

    ``submit`` receives sweeps that are decomposed into the gates of the capabilities, with
    measurements lowered to those that the device can return, within the limits of one submission.
    The wires of every sweep are among ``wires_of(structure)``.

    >>> from qgate.devices.capabilities import Capabilities
    >>> from qgate.devices.job import FinishedJob
    >>> from qgate.outcomes import Outcomes
    >>> import numpy as np
    >>> class Zeros(Device):
    ...     capabilities = Capabilities(gates=frozenset({"RX", "RY", "RZ", "CNOT"}))
    ...     def submit(self, sweeps):
    ...         return FinishedJob([(self._read(sweep),) for sweep in sweeps])
    ...     def _read(self, sweep):
    ...         measured = len(sweep.structure.measurements[0].wires)
    ...         zeros = [np.zeros(shots, dtype=int) for shots in sweep.shots]
    ...         return [Outcomes.from_readings(readings, measured) for readings in zeros]

    Parameters
    ----------
    wires : int, or wires, optional
        Number of wires, or their labels; default: the wires of the circuit.
    shots : None, int, or sequence
        Shots of circuits that set none; default: the capabilities' ``default_shots``.

    Raises
    ------
    InvalidShots, ShotsRequired
        The shots are not positive, or exact results were requested from a device that only samples.
    WireError
        The number of wires is below 1 or above ``qgate.wires.MOST_WIRES``.
    """

    capabilities: Capabilities
    name: str = ""
    provider: ClassVar[str] = ""
    config: str | None = None
    """Device string that recreates this device; None: there is none."""
    distinct: str | None = None
    """Text that distinguishes this device in the keys of orders, if no string can recreate it."""
    density_matrices = False
    """Whether ``state`` is a density matrix, also of a circuit without noise."""
    rate: Rate | None = None
    """Prices of the device; None: unknown."""
    original: Device | None = None
    """The device of which this is a copy with more wires; trackers count it as that device."""
    emulated: Device | None = None
    """The device whose submissions this one simulates; plans have its prices."""
    trajectories: int | None = None
    """Number of trajectories of exact results of circuits with noise channels; None: none."""
    keyed_seeds: KeyedSeeds | None = None
    """Seeds of the calls of QNodes, of a device that was made with a key of ``jax.random``."""
    mitigation: Mitigation | str | None = None
    """Default method of mitigation for QNodes with shots."""
    canary: bool = False
    """Whether canary circuits, whose results are known, are added to each submission."""

    def __init__(
        self, *, wires: WiresLike | int | None = None, shots: ShotsLike = "default"
    ) -> None:
        self.wires = _wires(wires)
        asked = self.capabilities.default_shots if shots == "default" else shots
        self.shots = Shots.of(asked)
        if not self.shots and not self.capabilities.exact:
            raise ShotsRequired(what=f"The device {self.name or type(self).__name__}")
        if self.shots and not self.capabilities.sampled:
            raise InvalidShots(shots=shots)

    @property
    def chooses_qubits(self) -> bool:
        """Whether qubits of circuits are chosen here, so that several can measure the same ones."""
        return True

    @property
    def keeps_gates(self) -> bool:
        """Whether no service removes gates of what is sent, such as a gate and its inverse."""
        return True

    @property
    def folds_compiled(self) -> bool:
        """Whether gates are repeated by ``Sweep.folding`` after compilation, not before."""
        return False

    @abstractmethod
    def submit(self, sweeps: Sequence[Sweep]) -> Job:
        """Send sweeps to the device as one native submission.

        Parameters
        ----------
        sweeps : sequence of Sweep
            Sweeps in accepted gates. A sweep with shots has one measurement, ``counts`` or
            ``sample`` of some wires (``sample`` keeps the order of the shots). An exact sweep
            (``shots=None``) has measurements of the kinds in ``capabilities.exact``, or, with
            ``capabilities.exact_words``, one measurement of kind ``terms`` of distinct Pauli words.

        Returns
        -------
        Job
            Job whose result has one entry per sweep, a tuple with one entry per measurement: for
            ``counts`` and ``sample`` a list of K ``Outcomes``, the first measured wire most
            significant; for exact measurements an array (K, ...).
        """

    def weigh(self, sweep: Sweep) -> tuple[int, int]:
        """Return the size in bytes of a circuit in a submission, and of each of its rows."""
        return (0, 0)

    def compiled(self, sweeps: Sequence[Sweep]) -> list[CompiledCircuit]:
        """Return the circuit that would be sent for each sweep, without sending anything.

        Parameters
        ----------
        sweeps : sequence of Sweep
            As for ``submit``.

        Returns
        -------
        list of CompiledCircuit
            One for each sweep; by default its gates as they are.
        """
        from qgate.devices.compiled import as_submitted  # import qgate does without it

        return [as_submitted(sweep, self.wires_of(sweep.structure.wires)) for sweep in sweeps]

    def native_circuits(self, sweeps: Sequence[Sweep]) -> list[NativeCircuit]:
        """Return the circuit that would be sent for each sweep, with free angles, for an emulation.

        Parameters
        ----------
        sweeps : sequence of Sweep
            As for ``submit``.

        Raises
        ------
        NotEmulated
            The device has no such circuits. This is the default.
        """
        raise NotEmulated(device=self.name, reason="its circuits are not known beforehand")

    @property
    def noise_calibration(self) -> Calibration | None:
        """Errors and durations of its gates; None: unknown, which is the default."""
        return None

    def restart_random(self, token: str) -> None:
        """Restart the random numbers from the device's seed and a token.

        An interrupted run that is resumed then draws the same numbers again. A device without a
        seed does nothing.
        """
        return

    def derivative_refusal(self, method: str, tape: Tape) -> tuple[str, str] | None:
        """Return why the device's own method does not differentiate a circuit, and advice.

        None: it may.
        """
        return None

    def is_permanent(self, reason: str) -> bool:
        """Return whether a failure reason means that resubmitting would fail again."""
        return False

    @property
    def identity(self) -> str:
        """Identity of the device: equal for devices that return the same results.

        The device string without the options that a request states itself and those that concern
        only payment and waiting.
        """
        if self.config is None:
            return self.distinct or self.name
        from qgate.devices.config import DeviceConfig

        config = DeviceConfig.parse(self.config)
        kept = tuple(option for option in config.options if option[0] not in NOT_IN_IDENTITY)
        return str(DeviceConfig(provider=config.provider, target=config.target, options=kept))

    def wires_of(self, sweep_wires: Wires) -> Wires:
        """Return the wires of states: those of the device, else those of the circuit."""
        return sweep_wires if self.wires is None else self.wires

    @cached_property
    def tracker(self) -> Any:
        """``qg.Tracker`` of this device; it counts in ``with device.tracker:``."""
        return load("qgate.execution.tracker", "Tracker", package="qgate")(self)

    def execute(self, circuits: Tape | Sequence[Tape], execution_config: object = None) -> Any:
        """Return the results of tapes on this device, which go in one submission.

        Parameters
        ----------
        circuits : Tape or sequence of Tape
        execution_config : object, optional
            Without effect; PennyLane's programs pass it.

        Returns
        -------
        array or tuple
            For each tape what a QNode would return, in a tuple where a sequence was given.

        Raises
        ------
        QuantumFunctionError
            Something else was given.
        """
        execute = load("qgate.qnode", "execute", package="qgate")  # defined above devices
        if isinstance(circuits, Tape):
            return execute([circuits], self)[0]
        return execute(circuits, self)

    if not TYPE_CHECKING:  # type checkers refuse unknown attributes themselves

        def __getattr__(self, name: str) -> NoReturn:
            from qgate.former_names import refuse_attribute  # on use: programs that run need none

            refuse_attribute(self, name)

    def __copy__(self) -> Self:
        """Return a copy of the device that shares its connections and random numbers."""
        other = object.__new__(type(self))
        other.__dict__.update(vars(self))
        other.__dict__.pop("tracker", None)
        return other

    def __repr__(self) -> str:
        shots = self.shots.total_shots
        wires = None if self.wires is None else len(self.wires)
        return f"<qgate device {self.name!r}: wires={wires}, shots={shots}>"


def _wires(wires: WiresLike | int | None) -> Wires | None:
    if wires is None:
        return None
    return Wires.counted(int(wires)) if isinstance(wires, int | np.integer) else Wires(wires)

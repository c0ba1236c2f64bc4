"""Abstract base class of provider plugins."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from qgate.devices.base import Device
from qgate.devices.capabilities import Capabilities
from qgate.exceptions import QGateError
from qgate.short_repr import summary
from qgate.shots import Shots
from qgate.wires import Wires

if TYPE_CHECKING:
    from qgate.devices.cloud.card import DeviceCard
    from qgate.devices.cloud.remote import TaggedJob
    from qgate.devices.emulation.native_circuit import Noise
    from qgate.devices.options import Options
    from qgate.interchange.imported import ImportedCircuit


@dataclass(frozen=True, slots=True)
class Requirement:
    """Package of a vendor that a device requires.

    Parameters
    ----------
    module : str
        Its top-level module, for example ``qiskit_aer``.
    package : str
        Its name for pip, for example ``qiskit-aer``.
    extra : str
        Extra of qgate that installs it, for example ``aer``.
    """

    module: str
    package: str
    extra: str


class Provider(ABC):
    """Family of devices that a device string can name: ``provider:target?option=value``.

    Required: ``name``, ``targets``, ``make``. Optional: ``options``, ``default_target``,
    ``accepts``, ``may_stand_in_file``, ``requirements``, ``capabilities``, ``jobs_of``,
    ``make_without_options``; ``card`` and ``make_from_card`` where it ships cards; ``sdks``,
    ``claims`` and ``make_from_object`` if the vendor's own device objects are accepted as well;
    ``sdks`` and ``circuit`` if the vendor's circuits are; ``noise_of`` if its noise models or
    calibrations are; ``credentials`` where access needs them.

    An instance is named by an entry point of the group ``qgate.devices`` whose name is
    ``name``. Importing its module must not import the vendor's packages.

    >>> from qgate.devices.local.device import LocalDevice
    >>> class Acme(Provider):
    ...     name = "acme"
    ...     default_target = "one"
    ...     def targets(self):
    ...         return ("one", "two")
    ...     def make(self, target, options, *, wires, shots):
    ...         return LocalDevice(wires=wires, shots=shots, seed=options.seed)
    >>> Acme().accepts("two")
    True
    """

    name: ClassVar[str]
    default_target: ClassVar[str | None] = None
    sdks: ClassVar[frozenset[str]] = frozenset()
    """Top-level modules of the vendor's packages whose objects ``claims`` is asked about."""
    credentials: ClassVar[tuple[str, ...]] = ()
    """Environment variables, and files that begin with ``~``, in which the vendor's package finds
    credentials, any of them; empty: it needs none.
    """

    @property
    def options(self) -> type[Options]:
        """Class of the options; a subclass may set ``options = AcmeOptions``."""
        from qgate.devices.options import Options

        return Options

    @abstractmethod
    def targets(self) -> Collection[str]:
        """Return the names of the devices that are known without a network."""

    def accepts(self, target: str) -> bool:
        """Return whether ``target`` can be created, also if it is not among ``targets()``."""
        return target in self.targets()

    def may_stand_in_file(self, target: str) -> bool:
        """Return whether a configuration file may name ``target``.

        False if creating it imports a module that is no installed plugin: a file in the working
        directory may come from someone else, and must not choose what is imported.
        """
        return True

    def jobs_of(self, run: str) -> Sequence[TaggedJob] | None:
        """Return the jobs of all devices with the label of a run; None: the provider has no tags.

        Raises
        ------
        QGateError
            The request to the service failed.
        """
        return None

    def requirements(self, target: str) -> Collection[Requirement]:
        """Return the packages that ``target`` requires; called before ``accepts`` and ``make``."""
        return ()

    def capabilities(self, target: str) -> Capabilities | None:
        """Return the capabilities of ``target``; None: known only once it is created."""
        return None

    @abstractmethod
    def make(self, target: str, options: Any, *, wires: Wires | None, shots: Shots | str) -> Device:
        """Create the device.

        Parameters
        ----------
        target : str
            Target accepted by ``accepts``, whose requirements are installed.
        options : Options
            Instance of the class ``options``. Its wires and shots are already contained in the two
            arguments below.
        wires : Wires or None
            Wires of the device; None: those of the circuit.
        shots : Shots or "default"
            Shots of a circuit that sets none; "default": the device's own default.

        Raises
        ------
        MissingExtra
            A package that the device requires is not installed.
        """

    def make_without_options(
        self, target: str, *, wires: Wires | None, shots: Shots | str
    ) -> Device:
        """Create the device without options; equal to ``make`` with default options.

        A provider overrides it to avoid importing pydantic, which takes long.
        """
        return self.make(target, self.options(), wires=wires, shots=shots)

    def card(self, target: str) -> DeviceCard | None:
        """Return the shipped limits and prices of ``target``; None: there are none."""
        return None

    def make_from_card(
        self,
        target: str,
        options: Any,
        refusal: QGateError,
        *,
        wires: Wires | None,
        shots: Shots | str,
    ) -> Device | None:
        """Create a device from its card: it supports plans and refuses submissions.

        Parameters
        ----------
        target : str
        options : Options
        refusal : AccessRefused or ServiceUnavailable
            Error raised by ``make``; submissions raise it as well.
        wires : Wires or None
        shots : Shots or "default"

        Returns
        -------
        Device or None
            Device; None: ``target`` has no card.
        """
        return None

    def claims(self, candidate: object) -> bool:
        """Return whether an object of the vendor's packages is a device that can be wrapped.

        Called only for objects whose class comes from, or inherits from, one of ``sdks``.
        """
        return False

    def circuit(self, candidate: object) -> ImportedCircuit | None:
        """Return a circuit of the vendor's package as a quantum function; None: it is no circuit.

        Called only for objects whose class comes from, or inherits from, one of ``sdks``.
        """
        return None

    def noise_of(self, candidate: object) -> Noise | None:
        """Return the noise in an object or document of the vendor; None: it has none.

        Called for objects as ``circuit`` is, and for documents (mappings) of any vendor.
        """
        return None

    def make_from_object(
        self, candidate: Any, options: Any, *, wires: Wires | None, shots: Shots | str
    ) -> Device:
        """Create a device around a claimed object; the other arguments are those of ``make``."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return summary(self, "name")

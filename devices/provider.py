"""What a provider plugin gives to the registry."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from qgate.devices.base import Device
from qgate.devices.capabilities import Capabilities
from qgate.exceptions import QGateError
from qgate.shots import Shots
from qgate.wires import Wires

if TYPE_CHECKING:
    from qgate.devices.card import DeviceCard
    from qgate.devices.options import Options
    from qgate.devices.remote import TaggedJob


@dataclass(frozen=True, slots=True)
class Requirement:
    """A vendor's package that a device needs.

    Parameters
    ----------
    module : str
        Its top-level module, for example ``qiskit_aer``.
    package : str
        How it is installed, for example ``qiskit-aer``.
    extra : str
        The extra of qgate that installs it, for example ``aer``.
    """

    module: str
    package: str
    extra: str


class Provider(ABC):
    """A family of devices that a config string can name: ``provider:target?option=value``.

    Required: ``name``, ``targets``, ``make``. Optional: ``options``, ``default_target``,
    ``accepts``, ``may_stand_in_file``, ``requirements``, ``capabilities``, ``jobs_of``,
    ``make_without_options``; ``card`` and ``make_from_card`` where it ships cards; ``sdks``,
    ``claims`` and ``make_from_object`` where the vendor's own device objects are taken as well.

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
    """Top-level modules of the vendor's packages whose objects it may claim."""

    @property
    def options(self) -> type[Options]:
        """The class of its options; a subclass may say ``options = AcmeOptions``."""
        from qgate.devices.options import Options

        return Options

    @abstractmethod
    def targets(self) -> Collection[str]:
        """Return the names of its devices that are known without a network."""

    def accepts(self, target: str) -> bool:
        """Say whether ``target`` can be made, also where it is not among ``targets()``."""
        return target in self.targets()

    def may_stand_in_file(self, target: str) -> bool:
        """Return whether a configuration file may name ``target``.

        Not where making it imports a module that is no installed plugin: a file in the working
        directory may be somebody else's, and must not choose what is imported.
        """
        return True

    def jobs_of(self, run: str) -> Sequence[TaggedJob] | None:
        """Return the jobs of all devices that have the label of a run; None: it has no tags.

        Raises
        ------
        QGateError
            The service could not be asked.
        """
        return None

    def requirements(self, target: str) -> Collection[Requirement]:
        """Return the packages that ``target`` needs; asked before ``accepts`` and ``make``."""
        return ()

    def capabilities(self, target: str) -> Capabilities | None:
        """Return what ``target`` can do; None: known only once it is made."""
        return None

    @abstractmethod
    def make(self, target: str, options: Any, *, wires: Wires | None, shots: Shots | str) -> Device:
        """Make the device.

        Parameters
        ----------
        target : str
            Accepted by ``accepts``; its requirements are installed.
        options : Options
            An instance of the class ``options``. What it says about wires and shots has
            already gone into the two arguments below.
        wires : Wires or None
            Its wires; None: as the circuit names them.
        shots : Shots or "default"
            Shots of a circuit that does not say; "default": the device's own default.

        Raises
        ------
        MissingExtra
            A package that the device needs is not installed.
        """

    def make_without_options(
        self, target: str, *, wires: Wires | None, shots: Shots | str
    ) -> Device:
        """Make the device where no option is given; as ``make`` with the options' defaults.

        A provider overrides it to do without pydantic, which takes long to load.
        """
        return self.make(target, self.options(), wires=wires, shots=shots)

    def card(self, target: str) -> DeviceCard | None:
        """Return the limits and prices of ``target`` that the provider ships; None: it has none."""
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
        """Make a device from its card, which can be planned for and refuses submissions.

        Parameters
        ----------
        target : str
        options : Options
        refusal : AccessRefused or ServiceUnavailable
            What ``make`` raised, and what submissions raise.
        wires : Wires or None
        shots : Shots or "default"

        Returns
        -------
        Device or None
            None: ``target`` has no card.
        """
        return None

    def claims(self, candidate: object) -> bool:
        """Say whether an object of the vendor's packages is a device that can be wrapped.

        Asked only for objects whose class comes from, or inherits from, one of ``sdks``.
        """
        return False

    def make_from_object(
        self, candidate: Any, options: Any, *, wires: Wires | None, shots: Shots | str
    ) -> Device:
        """Make a device around a claimed object; the rest as in ``make``."""
        raise NotImplementedError

"""Address of a backend and its service, from which forks and pickles reconnect."""

from __future__ import annotations

from dataclasses import dataclass

from qiskit.providers import BackendV2
from qiskit_ibm_runtime import QiskitRuntimeService

from qgate.devices.cloud.connection import Connection
from qgate.devices.qiskit.ibm.connection import backend_of, connect, renew_connections


@dataclass(frozen=True, slots=True)
class Address:
    """Address of a backend; the credentials are found by the vendor's own chain.

    Parameters
    ----------
    device : str
        Name of the device, for error messages.
    backend : str
    instance, channel, account : str, optional
        As in ``connect``.
    fractional : bool
        Whether its fractional gates are used.
    patience_s : float
        Time in seconds for which failing requests are retried.
    """

    device: str
    backend: str
    instance: str | None = None
    channel: str | None = None
    account: str | None = None
    fractional: bool = False
    patience_s: float = 900.0


class Account(Connection[tuple[QiskitRuntimeService, BackendV2]]):
    """Service and backend of an account.

    Parameters
    ----------
    address : Address, optional
        Address from which a pickle connects; default: taken from service and backend.
    service, backend : optional
        Default: connected on first use.
    """

    def __init__(
        self,
        address: Address | None = None,
        service: QiskitRuntimeService | None = None,
        backend: BackendV2 | None = None,
    ) -> None:
        self.address = address
        super().__init__(None if backend is None else (service, backend))

    def __reduce__(self) -> tuple[object, ...]:
        kept = self.opened if self.address is None else ()
        return type(self), (self.address, *kept)

    @property
    def service(self) -> QiskitRuntimeService:
        """The service, ``QiskitRuntimeService``."""
        return self.opened[0]

    @property
    def backend(self) -> BackendV2:
        """The backend, ``IBMBackend``."""
        return self.opened[1]

    def open(self) -> tuple[QiskitRuntimeService, BackendV2]:
        assert self.address is not None
        return connected(self.address)

    def after_fork(self) -> None:
        """Keep the objects in a forked child, with connections of their own."""
        if self.address is not None and self._opened is not None:
            renew_connections(self._opened.value[0])


def connected(address: Address, plan: str | None = None) -> tuple[QiskitRuntimeService, BackendV2]:
    """Return service and backend at an address.

    Parameters
    ----------
    address : Address
    plan : str, optional
        Plan that is charged, if it need not be requested from the service.

    Raises
    ------
    AccessRefused, ServiceUnavailable, BrokenProvider, InvalidOption, UnknownDevice
    """
    service = connect(
        address.device,
        instance=address.instance,
        channel=address.channel,
        account=address.account,
        plan=plan,
        patience_s=address.patience_s,
    )
    backend = backend_of(
        service,
        address.backend,
        address.device,
        fractional=address.fractional,
        patience_s=address.patience_s,
    )
    return service, backend

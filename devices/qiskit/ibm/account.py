"""Address of a backend and its service, from which forks and pickles reconnect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from qgate.devices.qiskit.ibm.connection import backend_of, connect, renew_connections
from qgate.forks import ForkSafeLock, at_fork
from qgate.sealed import Sealed


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


class Account:
    """Service and backend of an account, with reconnection.

    A forked child opens connections of its own. A pickle holds no credentials and connects on first
    use; a copy in this process shares the connection.

    Parameters
    ----------
    address : Address, optional
        Address from which a pickle connects; default: taken from service and backend.
    service, backend : optional
        Default: connected on first use.
    """

    def __init__(
        self, address: Address | None = None, service: Any = None, backend: Any = None
    ) -> None:
        self.address = address
        self._held = None if backend is None else Sealed((service, backend))
        self._lock = ForkSafeLock()
        at_fork(in_child=self._renew)

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        kept = self._connected if self.address is None else ()
        return type(self), (self.address, *kept)

    @property
    def service(self) -> Any:
        """The service, ``QiskitRuntimeService``."""
        return self._connected[0]

    @property
    def backend(self) -> Any:
        """The backend, ``IBMBackend``."""
        return self._connected[1]

    @property
    def _connected(self) -> tuple[Any, Any]:
        with self._lock:
            if self._held is None:
                assert self.address is not None
                self._held = Sealed(_connect(self.address))
            return self._held.value

    def _renew(self) -> None:
        if self.address is not None and self._held is not None:
            renew_connections(self._held.value[0])


def _connect(address: Address) -> tuple[Any, Any]:
    service = connect(
        address.device,
        instance=address.instance,
        channel=address.channel,
        account=address.account,
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

"""Connection to a backend and its service, which forks and pickles open again."""

from __future__ import annotations

from qiskit.providers import BackendV2
from qiskit_ibm_runtime import QiskitRuntimeService

from qgate.devices.cloud.connection import Connection
from qgate.devices.qiskit.ibm.connection import Address, connect, renew_connections


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
        return connect(self.address)

    def after_fork(self) -> None:
        """Keep the objects in a forked child, with connections of their own."""
        if self.address is not None and self._opened is not None:
            renew_connections(self._opened.value[0])

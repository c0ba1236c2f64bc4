"""Connection to an account of IBM Quantum."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from itertools import count
from typing import TypeVar

from qiskit.providers import BackendV2
from qiskit.providers.exceptions import QiskitBackendNotFoundError
from qiskit_ibm_runtime import QiskitRuntimeService
from qiskit_ibm_runtime.api.session import RetrySession
from qiskit_ibm_runtime.exceptions import IBMInputValueError

from qgate.devices.cloud.connection import connecting
from qgate.devices.cloud.remote import TaggedJob
from qgate.devices.cloud.retries import ErrorClass
from qgate.devices.qiskit.ibm.faults import (
    ACCESS_REMEDY,
    fault_of,
    translated,
    transport_error,
)
from qgate.devices.qiskit.ibm.tags import jobs_with_label
from qgate.devices.qiskit.ibm.transport import OnceAdapter, UnreadableAnswer
from qgate.exceptions import (
    AccessRefused,
    BrokenProvider,
    InvalidOption,
    QGateError,
    UnknownDevice,
    suggest,
)
from qgate.masking import learn, masked_error

T = TypeVar("T")

PACKAGE = "qiskit-ibm-runtime"

FEWEST = 3
"""Minimum number of attempts to connect; the client waits a minute for a token after a failure."""

NOT_TOLD = "unknown"
"""Plan name used by the client if the catalogue did not return one."""

UNREADABLE = (AttributeError, IndexError, KeyError, TypeError, ValueError)
"""Exceptions raised where a configuration or properties have an unexpected form."""

PLAN_ATTEMPTS = 4
"""Number of requests for the plan; without one no price is known, and submissions are refused."""


@dataclass(frozen=True, slots=True)
class Address:
    """Address of a backend; the credentials are found by the vendor's own chain.

    Parameters
    ----------
    device : str
        Name of the device, for error messages.
    backend : str
    instance, channel : str, optional
    account : str, optional
        Name of a saved account.
    fractional : bool
        Whether its fractional gates are used.
    patience_s : float
        Time in seconds for which failing requests are retried, at most ``CONNECTING_S``.
    """

    device: str
    backend: str
    instance: str | None = None
    channel: str | None = None
    account: str | None = None
    fractional: bool = False
    patience_s: float = 900.0


def connect(address: Address, plan: str | None = None) -> tuple[QiskitRuntimeService, BackendV2]:
    """Return the service of an account and its backend.

    Parameters
    ----------
    address : Address
    plan : str, optional
        Plan that is charged, if it need not be requested from the service.

    Raises
    ------
    AccessRefused, ServiceUnavailable, BrokenProvider
    InvalidOption
        The backend has no fractional gates.
    UnknownDevice
        The account has no backend of this name.
    """
    service = _service(address, plan)
    backend = _asked(address, lambda: _backend(service, address))
    leave_repeating_to_qgate(service)  # it may have opened another session
    return service, backend


def _service(address: Address, plan: str | None = None) -> QiskitRuntimeService:
    """Return the service; the credentials are found by the vendor's own chain."""
    given = {
        "instance": address.instance,
        "channel": address.channel,
        "name": address.account,
    }
    attempts = count(1)

    def opened() -> QiskitRuntimeService:
        service = QiskitRuntimeService(**{key: value for key, value in given.items() if value})
        if plan is None and not plan_of(service) and next(attempts) < PLAN_ATTEMPTS:
            raise _PlanNotTold
        return service

    service = _asked(address, opened)
    learn((service.active_account() or {}).get("token"))
    leave_repeating_to_qgate(service)
    return service


class _PlanNotTold(Exception):
    """The catalogue of plans did not answer; the client continues without a plan."""


def jobs_of(device: str, run: str) -> list[TaggedJob]:
    """Return the jobs of the account that have the tag of a run, oldest first.

    Raises
    ------
    AccessRefused, ServiceUnavailable, BrokenProvider
    """
    address = Address(device, backend="")
    service = _service(address)
    return _asked(address, lambda: jobs_with_label(service, run))


def _asked(address: Address, call: Callable[[], T]) -> T:
    """Send requests that are needed to create a device, with retries; none creates a job."""

    def refusal(error: Exception) -> QGateError:
        found = translated(error, address.device)
        if isinstance(found, AccessRefused):
            return found
        return AccessRefused(device=address.device, reason=str(error), remedy=ACCESS_REMEDY)

    return connecting(
        address.device,
        call,
        passes=_passes,
        refusal=refusal,
        patience_s=address.patience_s,
        fewest=FEWEST,
    )


def _passes(error: Exception) -> bool:
    known = isinstance(error, QiskitBackendNotFoundError | _PlanNotTold)
    return known or fault_of(error) is not ErrorClass.PERMANENT


def leave_repeating_to_qgate(service: QiskitRuntimeService) -> None:
    """Make the client send every request only once.

    The client has no option for this, so its sessions get ``OnceAdapter``; ``fault_of`` decides
    which requests are retried.

    Raises
    ------
    BrokenProvider
        The sessions are not where they were in known versions; submissions must then be refused.
    """
    try:
        for session in _sessions(service):
            session.mount("https://", OnceAdapter())
            session.mount("http://", OnceAdapter())
    except AttributeError as error:
        reason = f"creating jobs twice cannot be prevented in this version ({error})"
        raise BrokenProvider(provider="ibm", package=PACKAGE, reason=reason) from error


def renew_connections(service: QiskitRuntimeService) -> None:
    """Give a service in a forked child its own connections, tokens and locks."""
    leave_repeating_to_qgate(service)
    for session in _sessions(service):
        session.auth = deepcopy(session.auth)
        session.cookies = session.cookies.copy()


def _sessions(service: QiskitRuntimeService) -> list[RetrySession]:
    clients = [service._active_api_client, *service._api_clients.values()]
    return [client._session for client in clients]


def _backend(service: QiskitRuntimeService, address: Address) -> BackendV2:
    """Return a backend; if it is not found, list the backends of the account.

    The client reports a backend as missing also if one of its own requests failed.
    """
    name, device = address.backend, address.device
    try:
        return loaded(service.backend(name, use_fractional_gates=address.fractional))
    except IBMInputValueError as error:
        if not address.fractional or transport_error(error) is not None:
            raise
        reason = "the backend has no fractional gates"
        raise InvalidOption(
            text=device, option="use_fractional_gates", value=True, reason=reason
        ) from masked_error(error)
    except QiskitBackendNotFoundError as error:
        known = sorted(item["name"] for item in service._active_api_client.list_backends(True))
        if name in known:
            raise
        hint = suggest(name, known)
        raise UnknownDevice(
            text=device, unknown=name, kind="backend", known=known, hint=hint
        ) from masked_error(error)


def loaded(backend: BackendV2) -> BackendV2:
    """Return a backend after loading the data that transpilation needs."""
    try:
        backend.target  # noqa: B018
    except UNREADABLE as error:
        if transport_error(error) is not None:
            raise
        raise UnreadableAnswer(f"{backend.name} cannot be read: {error!r}") from error
    return backend


def plan_of(service: QiskitRuntimeService) -> str:
    """Return the name of the plan that is charged; empty: unknown."""
    active = service.active_instance()
    plans = [item.get("plan") or "" for item in service.instances() if item.get("crn") == active]
    return str(plans[0]) if plans and plans[0] != NOT_TOLD else ""

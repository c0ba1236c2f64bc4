"""The connection to an account of IBM Quantum."""

from __future__ import annotations

from typing import Any

from qiskit.providers.exceptions import QiskitBackendNotFoundError
from qiskit_ibm_runtime import QiskitRuntimeService
from requests import RequestException
from requests.adapters import HTTPAdapter

from qgate.devices.patience import Fault
from qgate.devices.qiskit.ibm.faults import ACCESS_REMEDY, fault_of, translated, without_secrets
from qgate.exceptions import (
    AccessRefused,
    BrokenProvider,
    ServiceUnavailable,
    UnknownDevice,
    suggest,
)

PACKAGE = "qiskit-ibm-runtime"

CLIENTS_TRY_S = 15.0
"""So long does the client itself repeat questions that fail while it connects."""


def connect(device: str, *, instance: str | None, channel: str | None, account: str | None) -> Any:
    """Return the service; the credentials are found by the vendor's own chain.

    Parameters
    ----------
    device : str
        Whom to name in an error.
    instance, channel : str, optional
    account : str, optional
        The name of a saved account.

    Raises
    ------
    AccessRefused, ServiceUnavailable, BrokenProvider
    """
    given = {"instance": instance, "channel": channel, "name": account}
    try:
        service = QiskitRuntimeService(**{key: value for key, value in given.items() if value})
    except Exception as error:
        raise _unconnected(error, device) from error
    leave_repeating_to_qgate(service)
    return service


def _unconnected(error: Exception, device: str) -> Exception:
    if isinstance(error, RequestException) or fault_of(error) is not Fault.FINAL:
        return ServiceUnavailable(device=device, reason=str(error), tried_s=CLIENTS_TRY_S)
    refusal = translated(error, device)
    if isinstance(refusal, AccessRefused):
        return refusal
    reason = without_secrets(str(error))
    return AccessRefused(device=device, reason=reason, remedy=ACCESS_REMEDY)


def leave_repeating_to_qgate(service: Any) -> None:
    """Let the client make every request once.

    By itself it repeats requests that fail with a 5xx up to five times, also those that create
    jobs. A job that was accepted before a gateway answered 502 is then created again, and both
    are charged. The client has no option for this, so its sessions are given adapters of
    ``requests`` that do not repeat; what may be made again is decided by ``fault_of``.

    Raises
    ------
    BrokenProvider
        The sessions are not where they were in the versions known; nothing must be bought then.
    """
    try:
        clients = [service._active_api_client, *service._api_clients.values()]
        for client in clients:
            client._session.mount("https://", HTTPAdapter(max_retries=0))
            client._session.mount("http://", HTTPAdapter(max_retries=0))
    except AttributeError as error:
        reason = f"creating jobs twice cannot be prevented in this version ({error})"
        raise BrokenProvider(provider="ibm", package=PACKAGE, reason=reason) from error


def backend_of(service: Any, name: str, device: str) -> Any:
    """Return a backend of the account.

    Raises
    ------
    UnknownDevice
        The account has none of this name.
    """
    try:
        backend = service.backend(name)
        leave_repeating_to_qgate(service)  # it may have opened one more
        return backend
    except QiskitBackendNotFoundError:
        known = sorted(backend.name for backend in service.backends())
    except Exception as error:
        raise _unconnected(error, device) from error
    hint = suggest(name, known)
    raise UnknownDevice(text=device, unknown=name, kind="backend", known=known, hint=hint)


def plan_of(service: Any) -> str:
    """Return the name of the plan that is charged; empty where it is not told."""
    active = service.active_instance()
    plans = [item.get("plan") or "" for item in service.instances() if item.get("crn") == active]
    return str(plans[0]) if plans else ""

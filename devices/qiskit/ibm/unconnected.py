"""Placeholders for the service of an account that could not be reached."""

from __future__ import annotations

from copy import copy
from typing import NoReturn

from qgate.devices.cloud.remote import Record
from qgate.exceptions import QGateError


class NoService:
    """Placeholder for ``QiskitRuntimeService`` of an unreachable account; its use raises why.

    Parameters
    ----------
    refusal : QGateError
    """

    channel = "none"

    def __init__(self, refusal: QGateError) -> None:
        self.refusal = refusal

    def active_instance(self) -> str:
        return "from cards"

    def instances(self) -> list[Record]:
        return []

    def job(self, *_: object, **__: object) -> NoReturn:
        raise copy(self.refusal)

    jobs = usage = job


class NoMode:
    """Placeholder for a batch or session; opening it raises why the account could not be reached.

    Without it, the vendor's primitives would run on the fake backend in this process.

    Parameters
    ----------
    refusal : QGateError
    """

    def __init__(self, refusal: QGateError) -> None:
        self.refusal = refusal

    def of_next_job(self) -> NoReturn:
        raise copy(self.refusal)

    def has_ended(self) -> bool:
        return False

    def close(self) -> bool:
        return True

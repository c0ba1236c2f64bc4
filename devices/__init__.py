"""Devices: the contract that they implement, and the lookup of a device by its string."""

from typing import TYPE_CHECKING

from qgate.lazy_names import refuse_unknown

if not TYPE_CHECKING:  # type checkers refuse unknown names themselves
    __getattr__ = refuse_unknown(__name__)

"""Every error of qgate.

An error class declares its fields as annotations and its message as a format
string over them. A message says what could not be done, what is allowed, and what to do now. The
parents have names that PennyLane users already catch.
"""

from typing import TYPE_CHECKING

from qgate.exceptions.base import *  # noqa: F403
from qgate.exceptions.circuits import *  # noqa: F403
from qgate.exceptions.configuration import *  # noqa: F403
from qgate.exceptions.differentiation import *  # noqa: F403
from qgate.exceptions.interchange import *  # noqa: F403
from qgate.exceptions.jobs import *  # noqa: F403
from qgate.exceptions.mid_circuit import *  # noqa: F403
from qgate.exceptions.optimization import *  # noqa: F403
from qgate.exceptions.pennylane import *  # noqa: F403
from qgate.exceptions.shots import *  # noqa: F403
from qgate.exceptions.spending import *  # noqa: F403
from qgate.lazy_names import refuse_unknown

HELPERS = frozenset({"described", "name_of", "near", "suggest"})
"""Functions for the texts of errors."""

__all__ = sorted(
    name
    for name, value in list(vars().items())
    if name in HELPERS or (isinstance(value, type) and issubclass(value, Exception))
)


if not TYPE_CHECKING:  # type checkers refuse unknown names themselves
    __getattr__ = refuse_unknown(__name__)

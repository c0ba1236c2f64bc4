"""Gates, observables and their arithmetic, at PennyLane's paths.

``qgate.ops.qubit`` has gates and observables, ``qgate.ops.channel`` noise channels,
``qgate.ops.op_math`` arithmetic and wrappers, ``qgate.ops.functions`` functions of operators.
``Sum``, ``Prod`` and ``SProd`` recognize sums of Pauli words, too.
"""

from typing import TYPE_CHECKING

from qgate.lazy_names import refuse_unknown
from qgate.ops import channel as channel
from qgate.ops import functions as functions
from qgate.ops import op_math as op_math
from qgate.ops import qubit as qubit
from qgate.ops.channel import *  # noqa: F403
from qgate.ops.functions import *  # noqa: F403
from qgate.ops.op_math import *  # noqa: F403
from qgate.ops.qubit import *  # noqa: F403

__all__ = sorted({*channel.__all__, *functions.__all__, *op_math.__all__, *qubit.__all__})


if not TYPE_CHECKING:  # type checkers refuse unknown names themselves
    __getattr__ = refuse_unknown(__name__)

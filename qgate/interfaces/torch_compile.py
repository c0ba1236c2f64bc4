"""Calls of QNodes inside of ``torch.compile``.

Dynamo takes a call as one piece that it does not look into. The compilers behind it run the
call with stand-ins for tensors, and so meet the operators it is made of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from torch._dynamo import nonstrict_trace

from qgate.interfaces.base import CALLED_WHOLE


@nonstrict_trace
def call_in_graph(key: int, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """Call the QNode of this key; its arguments and results are nested containers of tensors."""
    return CALLED_WHOLE[key].call(args, kwargs)

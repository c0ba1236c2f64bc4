"""Calls of QNodes inside ``torch.compile``.

A QNode call is opaque to Dynamo: it becomes a single graph node. The compilers behind Dynamo run
the call with fake tensors, and so trace the operators that it consists of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from torch._dynamo import nonstrict_trace

from qgate.interfaces.host import CALLED_WHOLE
from qgate.typing import Nested


@nonstrict_trace
def call_in_graph(key: str, args: Sequence[Nested], kwargs: Mapping[str, Nested]) -> Nested:
    """Call the QNode with this name; arguments and results are nested containers of tensors."""
    return CALLED_WHOLE[key].call(args, kwargs)

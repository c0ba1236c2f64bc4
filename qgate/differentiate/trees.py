"""Arguments and derivatives as trees: nested dicts, lists and tuples of arrays and numbers."""

from __future__ import annotations

from collections.abc import Callable

from qgate.typing import Nested, Tensor


def tree_map(function: Callable[..., Tensor], tree: Nested, *others: Nested) -> Nested:
    """Apply a function to corresponding leaves; the first tree has the structure of the result."""
    if isinstance(tree, dict):
        return {key: tree_map(function, tree[key], *(t[key] for t in others)) for key in tree}
    if isinstance(tree, list | tuple):
        items = (tree_map(function, *(t[at] for t in (tree, *others))) for at in range(len(tree)))
        return list(items) if isinstance(tree, list) else tuple(items)
    return function(tree, *others)

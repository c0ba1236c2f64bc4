"""Circuits in the shape of tensor networks, whose tensors are blocks of gates."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from inspect import signature
from itertools import islice
from typing import Any

import numpy as np

from qgate.arguments import require_accepts, require_function, whole_number
from qgate.arrays import shape_of
from qgate.exceptions import InvalidParameters, described
from qgate.operations.operator import Operator
from qgate.templates.block_template import (
    BlockTemplate,
    block_weights,
    check_count,
    check_weights,
)
from qgate.typing import Function, Tensor, WiresLike
from qgate.wires import Wires

__all__ = ["MERA", "MPS", "TTN"]

Blocks = list[tuple[int, ...]]
"""Positions of the wires of each block, the block that is applied first first."""


class MPS(BlockTemplate):
    """Blocks in a row, each of which overlaps with the next: a matrix product state.

    Parameters
    ----------
    wires : wires
    n_block_wires : int
        Number of wires of a block, at least 2.
    block : callable
        Quantum function ``block(weights, wires, **kwargs)``; without weights,
        ``block(wires, **kwargs)``.
    n_params_block : int
        Number of weights of a block: the length of their last axis.
    template_weights : array, shape (n_blocks, ..., n_params_block), optional
        Weights of each block.
    offset : int, optional
        Distance between the first wires of neighbouring blocks, less than ``n_block_wires``;
        default ``n_block_wires // 2``.
    id : str, optional
    **kwargs
        Keyword arguments of each call of ``block``.

    Raises
    ------
    InvalidParameters
        A number is out of range, the weights have another shape, or the block is no such function.

    Notes
    -----
    Reference: Huggins et al., Quantum Sci. Technol. 4, 024001 (2019).
    """

    def __init__(
        self,
        wires: WiresLike,
        n_block_wires: int,
        block: Function,
        n_params_block: int = 0,
        template_weights: Tensor | None = None,
        offset: int | None = None,
        id: str | None = None,
        **kwargs: Any,
    ) -> None:
        labels = Wires(wires)
        blocks = _row(*_checked_row(len(labels), n_block_wires, offset))
        length = check_count("MPS", "n_params_block", n_params_block)
        if template_weights is None:
            require_accepts("MPS", "block", block, wires=(), **kwargs)
        else:
            template_weights = check_weights("MPS", template_weights, len(blocks), length)
            require_accepts("MPS", "block", block, weights=(), wires=(), **kwargs)
        options = {"ind_gates": tuple(blocks), "kwargs": kwargs}
        given = () if template_weights is None else (template_weights,)
        super().__init__(block, given, labels, options, id=id)

    def gates(self, weights: Tensor | None = None) -> list[Operator]:
        found: list[Operator] = []
        for positions, own in zip(self.options["ind_gates"], block_weights(weights), strict=False):
            given = {} if own is None else {"weights": own}
            found += self.block(wires=self.at(positions), **given, **self.options["kwargs"])
        return found

    @staticmethod
    def get_n_blocks(wires: WiresLike, n_block_wires: int, offset: int | None = None) -> int:
        """Return the number of blocks on these wires."""
        return len(_row(*_checked_row(len(Wires(wires)), n_block_wires, offset)))


class Tree(BlockTemplate):
    """Layers of blocks, with twice as many blocks from layer to layer."""

    layout: Callable[[int, int], Blocks]
    """Function that returns the blocks from the number of doublings and the wires of a block."""

    def __init__(
        self,
        wires: WiresLike,
        n_block_wires: int,
        block: Function,
        n_params_block: int,
        template_weights: Tensor | None = None,
        id: str | None = None,
    ) -> None:
        name, labels = type(self).__name__, Wires(wires)
        blocks = type(self).layout(*_checked_tree(name, len(labels), n_block_wires))
        length = check_count(name, "n_params_block", n_params_block)
        takes = _arguments(name, block)
        if template_weights is None and takes > 1:
            template_weights = np.random.default_rng().random((len(blocks), length))
        if template_weights is not None:
            template_weights = check_weights(name, template_weights, len(blocks), length)
        spread = takes > 2
        passed = shape_of(template_weights)[1] if spread else min(takes - 1, 1)
        require_accepts(name, "block", block, *[()] * passed, wires=())
        options = {"ind_gates": tuple(blocks), "takes": takes}
        given = () if template_weights is None else (template_weights,)
        super().__init__(block, given, labels, options, id=id)

    def gates(self, weights: Tensor | None = None) -> list[Operator]:
        found: list[Operator] = []
        for positions, own in zip(self.options["ind_gates"], block_weights(weights), strict=False):
            takes = self.options["takes"]
            given = () if takes < 2 else (own,) if takes == 2 else tuple(own)
            found += self.block(*given, wires=self.at(positions))
        return found

    @classmethod
    def get_n_blocks(cls, wires: WiresLike, n_block_wires: int) -> int:
        """Return the number of blocks on these wires."""
        return len(cls.layout(*_checked_tree(cls.__name__, len(Wires(wires)), n_block_wires)))


def _tree(doublings: int, width: int) -> Blocks:
    """Return the blocks of a binary tree, the layer of the leaves first."""
    half = width // 2
    return [
        tuple(
            start + shift * half + place
            for shift in (2**layer - 1, 2 ** (layer + 1) - 1)
            for place in range(half)
        )
        for layer in range(doublings + 1)
        for start in range(0, width << doublings, width << layer)
    ]


def _renormalization(doublings: int, width: int) -> Blocks:
    """Return the blocks of a tree with disentanglers between the blocks of each layer."""
    half, fresh = width // 2, iter(range(width, width << doublings))
    row: Blocks = [tuple(range(width))]
    rows = [row]
    for _ in range(doublings):
        grown = [block for old in row for block in _grown(old, half, fresh)]
        row = [a[half:] + b[:half] for a, b in zip(grown, grown[1:] + grown[:1], strict=True)]
        rows += [grown, row]
    return [block for blocks in reversed(rows) for block in reversed(blocks)]


def _grown(block: tuple[int, ...], half: int, fresh: Iterator[int]) -> Blocks:
    """Return two blocks, each with half of the wires of a block and as many new ones."""
    first, second = (tuple(islice(fresh, half)) for _ in range(2))
    return [block[:half] + first, second + block[half:]]


class TTN(Tree):
    """Blocks in a binary tree, from the leaves to the root: a tree tensor network.

    Parameters
    ----------
    wires : wires
        ``n_block_wires`` times a power of 2; with another number some are not used, with a warning.
    n_block_wires : int
        Number of wires of a block, even.
    block : callable
        Quantum function ``block(weights, wires)``, ``block(weight_0, weight_1, ..., wires)`` or
        ``block(wires)``.
    n_params_block : int
        Number of weights of a block: the length of their last axis.
    template_weights : array, shape (n_blocks, ..., n_params_block), optional
        Weights of each block; default random numbers between 0 and 1.
    id : str, optional

    Raises
    ------
    InvalidParameters
        A number is out of range, the weights have another shape, or the block is no such function.

    Notes
    -----
    Reference: Huggins et al., Quantum Sci. Technol. 4, 024001 (2019).
    """

    layout = staticmethod(_tree)


class MERA(Tree):
    """Blocks in a tree with disentanglers: multi-scale entanglement renormalization.

    Parameters
    ----------
    wires : wires
        ``n_block_wires`` times a power of 2; with another number some are not used, with a warning.
    n_block_wires : int
        Number of wires of a block, even.
    block : callable
        Quantum function ``block(weights, wires)``, ``block(weight_0, weight_1, ..., wires)`` or
        ``block(wires)``.
    n_params_block : int
        Number of weights of a block: the length of their last axis.
    template_weights : array, shape (n_blocks, ..., n_params_block), optional
        Weights of each block; default random numbers between 0 and 1.
    id : str, optional

    Raises
    ------
    InvalidParameters
        A number is out of range, the weights have another shape, or the block is no such function.

    Notes
    -----
    Reference: Vidal, Phys. Rev. Lett. 101, 110501 (2008).
    """

    layout = staticmethod(_renormalization)


def _row(count: int, width: int, offset: int) -> Blocks:
    """Return blocks of ``width`` wires, each ``offset`` wires after the one before."""
    end = count - count % (width // 2) - offset
    return [
        tuple(range(start, start + width))
        for start in range(0, end, offset)
        if start + width <= count
    ]


def _checked_row(count: int, n_block_wires: object, offset: object) -> tuple[int, int, int]:
    """Return numbers of wires, and the offset; refuse impossible ones."""
    width = _checked_width("MPS", count, n_block_wires)
    if offset is None:
        if width % 2 == 0 and count % (width // 2):
            warnings.warn(
                f"MPS of blocks of {width} wires takes a multiple of {width // 2} wires; of "
                f"{count}, the last are not used.",
                UserWarning,
                stacklevel=3,
            )
        return count, width, width // 2
    step = whole_number(offset)
    if step is None or not 1 <= step < width:
        raise InvalidParameters(
            f"MPS was given offset={described(offset)}. Blocks of {width} wires are 1 to "
            f"{width - 1} wires apart. Give a number in this range."
        )
    return count, width, step


def _checked_tree(template: str, count: int, n_block_wires: object) -> tuple[int, int]:
    """Return how often the number of wires doubles, and the wires of a block."""
    width = _checked_width(template, count, n_block_wires)
    if width % 2:
        raise InvalidParameters(
            f"{template} was given n_block_wires={width}. Each half of a block goes to another "
            "block. Give an even number."
        )
    doublings = (count // width).bit_length() - 1
    if count != width << doublings:
        warnings.warn(
            f"{template} takes {width} wires times a power of 2; of {count}, "
            f"{width << doublings} are used.",
            UserWarning,
            stacklevel=3,
        )
    return doublings, width


def _checked_width(template: str, count: int, n_block_wires: object) -> int:
    width = whole_number(n_block_wires)
    if width is None or not 2 <= width <= count:
        raise InvalidParameters(
            f"{template} was given n_block_wires={described(n_block_wires)} for {count} wire(s). "
            "A block has at least 2 wires, and at most all of them."
        )
    return width


def _arguments(template: str, block: Function) -> int:
    """Return the number of positional arguments of a function, wires included."""
    require_function(template, "block", block)
    try:
        given: Sequence[Any] = list(signature(block).parameters.values())
    except (TypeError, ValueError):  # some functions of C do not show theirs
        return 2
    return sum(one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD) for one in given)

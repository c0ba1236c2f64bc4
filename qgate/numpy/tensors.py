"""Numpy array with a ``requires_grad`` attribute."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from autograd.extend import VSpace
from autograd.numpy.numpy_vspaces import ArrayVSpace, ComplexArrayVSpace

from qgate.numpy.boxes import TracedArray
from qgate.typing import Nested, NumericArray, Tensor


def extract_tensors(x: Nested) -> Iterator[tensor]:
    """Yield the arrays with ``requires_grad`` in nested lists, tuples and dicts.

    Parameters
    ----------
    x : tensor, or container of arrays and other objects

    Examples
    --------
    >>> [float(found) for found in extract_tensors([tensor(1.0), 2.0, (tensor(3.0),)])]
    [1.0, 3.0]
    """
    if isinstance(x, tensor):
        yield x
    elif isinstance(x, Mapping):
        yield from extract_tensors(list(x.values()))
    elif isinstance(x, Sequence) and not isinstance(x, str):
        for item in x:
            yield from extract_tensors(item)


class tensor(NumericArray):
    """Numpy array with the attribute ``requires_grad``, whether it is trainable.

    Views and elements inherit ``requires_grad``. The result of a calculation is trainable if one of
    its input tensors is. Plain arrays and numbers count as data.

    Parameters
    ----------
    values : array_like
        Values for ``numpy.array``; further arguments (``dtype``, ...) are passed on.
    requires_grad : bool
        Whether :func:`qgate.grad` and the optimizers treat the array as trainable.

    Examples
    --------
    >>> tensor([1.0, 2.0])[0]
    tensor(1., requires_grad=True)
    >>> tensor([1.0, 2.0], requires_grad=False).mean()
    tensor(1.5, requires_grad=False)
    """

    requires_grad: bool

    def __new__(
        cls, values: Nested, *args: Any, requires_grad: bool = True, **kwargs: Any
    ) -> tensor:
        made: tensor = np.array(values, *args, **kwargs).view(cls)
        made.requires_grad = bool(requires_grad)
        return made

    def __array_finalize__(self, parent: object) -> None:
        self.requires_grad = getattr(parent, "requires_grad", True)

    def __repr__(self) -> str:
        return f"{super().__repr__()[:-1]}, requires_grad={self.requires_grad})"

    def __hash__(self) -> int:  # type: ignore[override]  # arrays declare None
        if self.ndim:
            raise TypeError(
                f"An array of shape {self.shape} has no hash. "
                "Use its elements, or a tuple of them, as keys."
            )
        return hash(self.item())

    def __getitem__(self, index: Tensor) -> Tensor:
        item = super().__getitem__(index)
        return item if isinstance(item, tensor) else marked(item, self.requires_grad)

    def __array_ufunc__(
        self, ufunc: np.ufunc, method: str, *inputs: Tensor, **kwargs: Tensor
    ) -> Tensor:
        trainable = any(value.requires_grad for value in inputs if isinstance(value, tensor))
        results = kwargs.pop("out", ())
        if results:
            kwargs["out"] = tuple(plain(result) for result in results)
        if "where" in kwargs:
            kwargs["where"] = plain(kwargs["where"])
        answer = getattr(ufunc, method)(*(plain(value) for value in inputs), **kwargs)
        if results:
            return results[0] if len(results) == 1 else results
        if isinstance(answer, tuple):
            return tuple(marked(value, trainable) for value in answer)
        return marked(answer, trainable)

    def __reduce__(self) -> tuple[object, ...]:
        reduced: Any = super().__reduce__()
        build, arguments, state = reduced
        return build, arguments, (state, self.requires_grad)

    def __setstate__(self, state: Any) -> None:
        values, self.requires_grad = state
        super().__setstate__(values)

    def __deepcopy__(self, memo: dict[int, object] | None) -> tensor:
        return tensor(self, requires_grad=self.requires_grad)

    def unwrap(self) -> Tensor:
        """Return a numpy view of the same memory; a Python number if the tensor has no axes."""
        return self.view(np.ndarray) if self.ndim else self.item()

    def numpy(self) -> Tensor:
        """Return the values as plain numpy or Python values; the same as :meth:`unwrap`."""
        return self.unwrap()


def plain(value: Tensor) -> Tensor:
    """Return a tensor as a numpy array over the same memory, anything else unchanged."""
    return value.view(np.ndarray) if isinstance(value, tensor) else value


def marked(value: Tensor, trainable: bool) -> Tensor:
    """Return an array or numpy number as a tensor, anything else unchanged."""
    if not isinstance(value, np.ndarray | np.generic):
        return value
    made = np.asarray(value).view(tensor)
    made.requires_grad = trainable
    return made


def _space(value: Tensor) -> VSpace:
    return ComplexArrayVSpace(value) if np.iscomplexobj(value) else ArrayVSpace(value)


# A tensor passed to autograd's own functions is differentiated as an array.
TracedArray.register(tensor)
VSpace.register(tensor, _space)

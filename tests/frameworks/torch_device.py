"""A device of PyTorch without hardware: memory of the host that torch cannot access.

Torch reserves one device for extensions (PrivateUse1), which Python can register. A tensor on it is
a plain ``torch.Tensor`` with a shape, a type and no memory; its numbers are in a tensor of the host
that only the kernels below find. As on a GPU, ``numpy()`` is refused, and so is an operation on
tensors of two devices; autograd and ``torch.func`` treat it as any device. A process can register
it once and not undo it; the memory of its tensors is kept until the process ends.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import torch
from torch.utils import _pytree as pytree
from torch.utils.backend_registration import _setup_privateuseone_for_python_backend

NAME = "stand_in"

COPIES = {"aten::copy_", "aten::_copy_from"}
INDEXED = {"aten::index", "aten::index_put", "aten::index_put_", "aten::_index_put_impl_"}
"""Operations that accept indices of the host, also on a GPU, as their second argument."""

OF_TORCH = {"aten::alias", "aten::detach"}
"""Operations that torch itself implements: aliases of the same memory, as for parameters."""

_memory: dict[int, tuple[torch.UntypedStorage, torch.Tensor]] = {}
_libraries: list[torch.library.Library] = []  # kernels live as long as their library


def register() -> torch.device:
    """Register the device with torch, and return it."""
    _setup_privateuseone_for_python_backend(NAME)
    any_other = torch.library.Library("_", "IMPL")
    any_other.fallback(_run, "PrivateUse1")
    composed = torch.library.Library("aten", "IMPL")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they replace torch's own
        for name in filter(_is_composed, torch._C._dispatch_get_all_op_names()):
            composed.impl(name, _kernel(name), "PrivateUse1")
    _libraries.extend([any_other, composed])
    return torch.device(NAME, 0)


def _is_composed(name: str) -> bool:
    """Return whether torch would compose an operation of others, which needs true strides."""
    keys = ("CompositeExplicitAutograd", "CompositeExplicitAutogradNonFunctional")
    return (
        name.startswith("aten::")
        and name not in OF_TORCH
        and any(torch._C._dispatch_has_kernel_for_dispatch_key(name, key) for key in keys)
    )


def _kernel(name: str) -> Callable[..., Any]:
    packet, _, overload = name.removeprefix("aten::").partition(".")
    operation = getattr(getattr(torch.ops.aten, packet), overload or "default")
    return lambda *args, **kwargs: _run(operation, *args, **kwargs)


def _run(operation: Any, *args: Any, **kwargs: Any) -> Any:
    """Run an operation on the host's numbers, and return its results as tensors of the device."""
    name = operation._schema.name
    if name not in COPIES:
        _refuse_mixed(name, (args[0], args[2:]) if name in INDEXED else (args, kwargs))
    if name == "aten::_copy_from":
        source, target = args[:2]
        _numbers(target).copy_(_numbers(source))
        return target
    inner_args, inner_kwargs = pytree.tree_map(_inner, (args, kwargs))
    if name == "aten::view":
        found = inner_args[0].reshape(inner_args[1])  # numbers may be stored in another order
    else:
        found = operation(*inner_args, **inner_kwargs)
    given = {id(_numbers(tensor)): tensor for tensor in _tensors((args, kwargs))}
    for tensor in given.values():
        if _numbers(tensor).shape != tensor.shape:  # an output that has grown
            tensor.data = _outer(_numbers(tensor))
    device = kwargs.get("device")
    if device is not None and device.type != NAME:
        return found
    return pytree.tree_map_only(
        torch.Tensor, lambda each: given[id(each)] if id(each) in given else _outer(each), found
    )


def _refuse_mixed(name: str, arguments: Any) -> None:
    """Refuse tensors of two devices, except single numbers of the host, as a GPU does."""
    tensors = _tensors(arguments)
    devices = {tensor.device for tensor in tensors if tensor.ndim or tensor.device.type == NAME}
    if len(devices) > 1:
        raise RuntimeError(f"Expected all tensors to be on the same device: {name} of {devices}")


def _tensors(arguments: Any) -> list[torch.Tensor]:
    return [leaf for leaf in pytree.tree_leaves(arguments) if isinstance(leaf, torch.Tensor)]


def _inner(leaf: Any) -> Any:
    if isinstance(leaf, torch.Tensor):
        return _numbers(leaf)
    return torch.device("cpu") if isinstance(leaf, torch.device) else leaf


def _numbers(tensor: torch.Tensor) -> torch.Tensor:
    if tensor.device.type != NAME:
        return tensor
    return _memory[tensor.untyped_storage()._cdata][1]


def _outer(numbers: torch.Tensor) -> torch.Tensor:
    tensor = torch._C._acc.create_empty_tensor(tuple(numbers.shape), numbers.dtype)
    storage = tensor.untyped_storage()
    _memory[storage._cdata] = storage, numbers
    return tensor

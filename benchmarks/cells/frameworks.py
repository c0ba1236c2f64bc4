"""Values and Jacobians by each interface; a framework is imported at first use."""

from __future__ import annotations

import logging
import os
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np

import qgate as qg
from cells.returned import real_numbers


class NoDerivative(Exception):
    """A framework refuses to differentiate; the text is its error message."""


class Framework(ABC):
    """A framework that differentiates.

    Required: ``name``, ``array`` and ``value_and_jacobian``.
    """

    name: str | None

    @abstractmethod
    def array(self, values: Any) -> Any:
        """Return trainable numbers of the framework."""

    @abstractmethod
    def value_and_jacobian(self, function: Callable[[Any], Any], at: Any) -> tuple[Any, Any]:
        """Return the real numbers of the value, and their derivatives, as numpy arrays.

        Parameters
        ----------
        function : callable
            Real or complex, of any shape.
        at : array
            Result of ``array``.

        Raises
        ------
        NoDerivative
            The framework cannot differentiate the return type of the function.
        """


class Autograd(Framework):
    """``qg.jacobian`` of arrays of ``qgate.numpy``."""

    name: str | None = "autograd"

    def array(self, values: Any) -> Any:
        return qg.numpy.array(values, requires_grad=True)

    def value_and_jacobian(self, function: Callable[[Any], Any], at: Any) -> tuple[Any, Any]:
        derivative = qg.jacobian(function)
        matrix = np.asarray(derivative(at)).reshape(-1, at.size)
        value = np.asarray(derivative.forward)
        return real_numbers(value), np.stack([real_numbers(column) for column in matrix.T], axis=-1)


class NoInterface(Autograd):
    """The same, with ``interface=None``."""

    name = None


class Torch(Framework):
    """One row of the Jacobian by each ``torch.autograd.grad``."""

    name = "torch"

    def __init__(self) -> None:
        import torch

        self.torch = torch

    def array(self, values: Any) -> Any:
        return self.torch.tensor(np.asarray(values), requires_grad=True)

    def value_and_jacobian(self, function: Callable[[Any], Any], at: Any) -> tuple[Any, Any]:
        flat = _tensor(function(at)).reshape(-1)
        numbers = self.torch.cat([flat.real, flat.imag]) if flat.is_complex() else flat
        if not numbers.requires_grad:
            self._refused(numbers)
        rows = [
            self.torch.autograd.grad(number, at, retain_graph=True)[0].numpy() for number in numbers
        ]
        return numbers.detach().numpy(), np.stack(rows).reshape(len(rows), -1)

    def _refused(self, numbers: Any) -> None:
        try:
            numbers.sum().backward()
        except RuntimeError as error:
            raise NoDerivative(f"RuntimeError: {error}") from error


class Jax(Framework):
    """``jax.jacrev``, in double precision."""

    name = "jax"

    def __init__(self) -> None:
        import jax

        jax.config.update("jax_enable_x64", True)
        logging.getLogger("jax._src.callback").setLevel(logging.CRITICAL)  # else it logs refusals
        self.jax = jax

    def array(self, values: Any) -> Any:
        return self.jax.numpy.asarray(values)

    def value_and_jacobian(self, function: Callable[[Any], Any], at: Any) -> tuple[Any, Any]:
        jnp = self.jax.numpy

        def numbers(at: Any) -> Any:
            flat = jnp.reshape(function(at), -1)
            real = jnp.concatenate([flat.real, flat.imag]) if jnp.iscomplexobj(flat) else flat
            return real, real

        matrix, value = self.jax.jit(self.jax.jacrev(numbers, has_aux=True))(at)
        return np.asarray(value), np.asarray(matrix).reshape(len(value), -1)


class TensorFlow(Framework):
    """``GradientTape.jacobian``."""

    name = "tf"

    def __init__(self) -> None:
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        import tensorflow

        tensorflow.get_logger().setLevel("ERROR")
        self.tf = tensorflow

    def array(self, values: Any) -> Any:
        return self.tf.Variable(np.asarray(values))

    def value_and_jacobian(self, function: Callable[[Any], Any], at: Any) -> tuple[Any, Any]:
        tf = self.tf
        with tf.GradientTape(persistent=True) as tape:
            flat = tf.reshape(_tensor(function(at)), [-1])
            complex_ = flat.dtype.is_complex
            numbers = tf.concat([tf.math.real(flat), tf.math.imag(flat)], 0) if complex_ else flat
        if tape.gradient(numbers, at) is None:
            raise NoDerivative("TensorFlow returns None, as for anything that is not connected.")
        matrix = tape.jacobian(numbers, at, experimental_use_pfor=False)
        return numbers.numpy(), matrix.numpy().reshape(len(numbers), -1)


def _tensor(value: Any) -> Any:
    if isinstance(value, dict):
        raise NoDerivative("A dictionary of integers comes back, which has nothing to derive.")
    return value


FRAMEWORKS: dict[str, Callable[[], Framework]] = {
    "None": NoInterface,
    "autograd": Autograd,
    "torch": Torch,
    "jax": Jax,
    "tf": TensorFlow,
}
"""Columns of the page."""

"""Interfaces to the frameworks that compute derivatives: autograd, PyTorch, JAX, TensorFlow.

An interface is imported when an array of its framework first occurs, or when it is named.
"""

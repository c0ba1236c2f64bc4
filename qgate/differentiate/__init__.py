"""Derivatives of functions of numbers and arrays, by autograd: grad, jacobian, vjp and jvp."""

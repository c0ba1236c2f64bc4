"""Budgets of shots in TensorFlow, eager and in ``tf.function``."""

from __future__ import annotations

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

from typing import Any, ClassVar

import tensorflow as tf
from budget_cases import SHOTS, BudgetCases, budgeted
from framework_cases import X, Y, energy, qnode

import qgate as qg

tf.get_logger().setLevel("ERROR")


def taped(node: Any) -> tuple[Any, Any]:
    x, y = tf.constant(X), tf.constant(Y)
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = node(x, y)
    return value, tape.gradient(value, x)


def eager(node: Any) -> tuple[Any, Any]:
    value, gradient = taped(node)
    return value.numpy(), gradient.numpy()


def compiled(node: Any) -> tuple[Any, Any]:
    value, gradient = tf.function(lambda: taped(node))()
    return value.numpy(), gradient.numpy()


def inside(node: Any) -> tuple[Any, Any]:
    return eager(tf.function(node))


class TestTensorFlowBudgets(BudgetCases):
    ways: ClassVar = {"eager": eager, "compiled": compiled, "inside": inside}
    values: ClassVar = {"eager": lambda node: node(tf.constant(X), tf.constant(Y))}

    @staticmethod
    def second(node: Any) -> Any:
        x, y = tf.constant(X), tf.constant(Y)
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as inner:
                inner.watch(x)
                value = node(x, y)
            gradient = inner.gradient(value, x)
        return outer.jacobian(gradient, x)

    def test_a_function_of_which_a_tape_outside_may_ask_more_keeps_to_one_budget(self) -> None:
        node = budgeted()

        with qg.Tracker(node.device) as tracker:
            value = tf.function(node)(tf.constant(X), tf.constant(Y))

        assert tracker.totals["shots"] <= SHOTS
        assert abs(float(value) - float(qnode(energy)(X, Y))) < 0.4

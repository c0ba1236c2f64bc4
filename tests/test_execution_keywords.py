"""Keywords of a QNode that configure execution."""

from __future__ import annotations

import pytest

import qgate as qg
from qgate.exceptions import InvalidKeyword
from qgate.execution_keywords import RULES, ExecutionKeywords

ACCEPTED = {
    "grad_on_execution": [True, False, "best"],
    "cache": ["auto", True, False, None, {}],
    "cachesize": [1, 500],
    "device_vjp": [True, False, None],
    "postselect_mode": [None, "hw-like", "fill-shots"],
    "mcm_method": [None, "deferred", "one-shot", "tree-traversal"],
    "static_argnums": [0, (0, 1), [1], ()],
    "executor_backend": [None],
    "expansion_strategy": ["gradient", "device"],
    "max_expansion": [1, 20],
}
REFUSED = {
    "grad_on_execution": ["yes", 1, None],
    "cache": ["always", 3],
    "cachesize": [0, -1, 1.5, "10", None],
    "device_vjp": ["best", 2],
    "postselect_mode": ["hardware", 1, ["hw-like"]],
    "mcm_method": ["trees", 0, ["deferred"]],
    "static_argnums": ["x", 1.5, [None]],
    "expansion_strategy": ["user", 1],
    "max_expansion": [0, "10"],
}


def circuit(x):
    qg.RX(x, wires=0)
    return qg.expval(qg.Z(0))


def test_types_and_rules_are_of_the_same_keywords():
    assert set(ExecutionKeywords.__annotations__) == set(RULES) == set(ACCEPTED)


@pytest.mark.parametrize(("name", "values"), ACCEPTED.items())
def test_a_keyword_accepts_the_values_of_pennylane(name, values):
    for value in values:
        node = qg.qnode("local", **{name: value})(circuit)

        assert node.execute_kwargs[name] == value


@pytest.mark.parametrize(("name", "values"), REFUSED.items())
def test_a_keyword_refuses_other_values_and_lists_what_it_accepts(name, values):
    for value in values:
        with pytest.raises(InvalidKeyword, match=f"QNode was given {name}=.*Give "):
            qg.QNode(circuit, "local", **{name: value})


def test_the_defaults_are_those_of_pennylane():
    assert qg.QNode(circuit, "local").execute_kwargs == {
        "grad_on_execution": "best",
        "cache": "auto",
        "cachesize": 10000,
        "device_vjp": False,
        "postselect_mode": None,
        "mcm_method": None,
        "static_argnums": (),
        "executor_backend": None,
        "expansion_strategy": "gradient",
        "max_expansion": 10,
    }


def test_an_unknown_keyword_is_a_type_error_with_similar_names():
    with pytest.raises(TypeError, match=r"'diff_metod'\. Did you mean 'diff_method'"):
        qg.QNode(circuit, "local", diff_metod="best")


def test_an_option_of_a_gradient_method_is_sent_to_gradient_kwargs():
    with pytest.raises(InvalidKeyword, match=r"gradient_kwargs=\{'h': \.\.\.\}"):
        qg.QNode(circuit, "local", diff_method="finite-diff", h=0.1)


def test_update_replaces_and_keeps_keywords():
    node = qg.QNode(circuit, "local", mcm_method="deferred", cachesize=5)

    changed = node.update(device_vjp=True)

    assert changed.execute_kwargs == {**node.execute_kwargs, "device_vjp": True}


def test_execute_takes_the_keywords_of_a_qnode():
    tape = qg.QuantumScript([qg.RX(0.0, wires=0)], [qg.expval(qg.Z(0))])

    (value,) = qg.execute([tape], "local", cache=False, max_diff=2, grad_on_execution=False)

    assert value == 1.0
    with pytest.raises(InvalidKeyword, match="execute was given cachesize=0"):
        qg.execute([tape], "local", cachesize=0)

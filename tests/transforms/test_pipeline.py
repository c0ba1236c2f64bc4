"""``qg.CompilePipeline``: sequences of transforms."""

import copy

import numpy as np
import pytest

import qgate as qg
from qgate.exceptions import TooLarge, TransformError


def first(results):
    return results[0]


@qg.transform
def without(tape, name="RX"):
    return [tape.copy(ops=[op for op in tape.operations if op.name != name])], first


@qg.transform
def halved(tape):
    return [tape, tape], lambda results: (results[0] + results[1]) / 2


@qg.transform
def doubled(tape):
    return [tape], lambda results: 2 * results[0]


final = qg.transform(lambda tape: ([tape], first), final_transform=True)


def function(x):
    qg.RX(x, 0)
    qg.RY(x, 0)
    return qg.expval(qg.Z(0))


def test_it_is_printed_with_its_markers():
    pipeline = without(name="RX") + doubled
    pipeline.add_marker("start", 0)
    pipeline.add_marker("filtered", 1)
    pipeline.add_marker("end")

    assert str(pipeline).splitlines() == [
        "CompilePipeline(",
        "   ├─▶ start",
        "  [1] without(name=RX),",
        "   ├─▶ filtered",
        "  [2] doubled()",
        "   └─▶ end",
        ")",
    ]
    assert "<without(name=RX)>" in repr(pipeline)
    assert str(qg.CompilePipeline()) == "CompilePipeline()"


def test_transforms_apply_in_order_and_results_in_reverse():
    pipeline = halved + doubled + without
    tape = qg.QNode(function, "local").construct((0.4,), {})

    tapes, postprocess = pipeline(tape)

    assert len(tapes) == 2
    assert postprocess(qg.execute(tapes, "local")) == (pytest.approx(2 * np.cos(0.4)),)
    assert pipeline(qg.QNode(function, "local"))(0.4) == pytest.approx(2 * np.cos(0.4))


def test_it_applies_to_several_tapes_and_to_quantum_functions():
    tape = qg.QNode(function, "local").construct((0.4,), {})
    pipeline = qg.CompilePipeline(halved)

    tapes, postprocess = pipeline([tape, without(tape, "RX")[0][0]])

    found = postprocess(qg.execute(tapes, "local"))
    np.testing.assert_allclose(found, [np.cos(0.4) ** 2, np.cos(0.4)])
    other = qg.QNode((2 * without)(function), "local")
    assert other(0.4) == pytest.approx(np.cos(0.4))


def test_it_changes_like_a_list():
    pipeline = qg.CompilePipeline([doubled, halved])
    pipeline.append(without)
    pipeline.insert(0, without(name="RY"))
    pipeline.extend([doubled])
    pipeline.add_transform(without, "RZ")

    names = ["without", "doubled", "halved", "without", "doubled", "without"]
    assert [step.transform.name for step in pipeline] == names
    assert pipeline.pop().args == ("RZ",)
    pipeline.remove(without(name="RY"))
    pipeline.remove(doubled)
    assert [str(step) for step in pipeline] == ["halved()", "without()"]
    assert (halved in pipeline, doubled in pipeline, without(name="RY") in pipeline) == (1, 0, 0)


def test_markers_move_with_their_place():
    pipeline = doubled + halved + without
    pipeline.add_marker("before", 1)
    pipeline.add_marker("end")

    pipeline.insert(0, doubled)
    assert [pipeline.get_marker_level(name) for name in ("before", "end")] == [2, 4]
    pipeline.pop(1)
    assert [pipeline.get_marker_level(name) for name in ("before", "end")] == [1, 3]
    assert pipeline[1:].markers == ["before", "end"]
    assert pipeline[:1].markers == []
    assert (pipeline * 2).get_marker_level("end") == 3
    assert (doubled + pipeline).get_marker_level("end") == 4
    pipeline.remove_marker("end")
    assert pipeline.markers == ["before"]


def test_markers_of_an_applied_pipeline_are_those_of_the_qnode():
    pipeline = doubled + halved
    pipeline.add_marker("end")

    circuit = pipeline(without(qg.QNode(function, "local")))

    assert circuit.compile_pipeline.get_marker_level("end") == 3


def test_copies_are_equal_and_apart():
    pipeline = doubled + halved

    other = copy.copy(pipeline)

    assert other == pipeline
    other.append(without)
    assert other != pipeline
    assert pipeline * 2 == 2 * pipeline
    assert 0 * pipeline == qg.CompilePipeline()
    assert without(name="RX") == without(name="RX") != without(name="RY")
    assert len({without(name="RX"), without(name="RX")}) == 1


def test_a_transform_of_a_pipeline_is_added_to_it():
    assert halved(qg.CompilePipeline(doubled)) == doubled + halved


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda pipeline: pipeline + 3, "3, which is no transform"),
        (lambda pipeline: qg.CompilePipeline(doubled, "x"), "no transform"),
        (lambda pipeline: pipeline * -1, "no number of repetitions"),
        (lambda pipeline: pipeline.append([doubled]), "not a single transform"),
        (lambda pipeline: pipeline + final + final, "already has a final transform"),
        (lambda pipeline: pipeline.insert(0, final), "is a final transform"),
        (lambda pipeline: pipeline.add_marker("top"), "names another place"),
        (lambda pipeline: pipeline.add_marker("x", 4), "no place among 1"),
        (lambda pipeline: pipeline.remove_marker("x"), "none of this name"),
        (lambda pipeline: pipeline.insert(0.5, qg.compile), "index=0.5 is no position"),
        (lambda pipeline: pipeline(3), "3 is no circuit"),
        (lambda pipeline: pipeline([3]), "is no circuit"),
    ],
)
def test_wrong_use_is_refused(change, reason):
    with pytest.raises(TransformError, match=reason):
        change(qg.CompilePipeline(doubled))


def test_a_pipeline_is_not_repeated_without_end():
    with pytest.raises(TooLarge, match="Repeat it less often"):
        10**30 * qg.CompilePipeline(qg.compile)

"""Structures are compiled once."""

from itertools import pairwise

import numpy as np
import pytest
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit_aer import AerSimulator

from qgate.devices.qiskit.compile import Compiler
from qgate.exceptions import CompilationFailed
from qgate.measurements import counts
from qgate.operations.gate import GATES
from qgate.tape import Tape
from qgate.wires import Wires

RX, CNOT, QubitUnitary = (GATES[name] for name in ("RX", "CNOT", "QubitUnitary"))


def structure(*wires):
    operations = [RX(0.1, wires[0]), *(CNOT(pair) for pair in pairwise(wires))]
    return Tape(operations, [counts(wires=[wires[-1]])]).structure


def compiler(backend, **options):
    return Compiler(backend, device="here", order=lambda wires: Wires(range(3)), **options)


def test_all_new_structures_are_compiled_in_one_call():
    compile_here = compiler(AerSimulator())

    programs = compile_here.programs([structure(0, 1), structure(1, 2), structure(0, 1)])

    assert compile_here.calls == 1
    assert programs[0] is programs[2]


def test_known_structures_are_not_compiled_again():
    compile_here = compiler(AerSimulator())
    first = compile_here.programs([structure(0, 1)])

    second = compile_here.programs([structure(0, 1)])

    assert compile_here.calls == 1
    assert first[0] is second[0]


def test_idle_wires_take_no_qubits():
    (program,) = compiler(AerSimulator()).programs([structure(2, 0)])

    assert program.circuit.num_qubits == 2


def test_couplings_of_the_backend_are_kept(line_backend):
    compile_here = compiler(line_backend, initial_layout=[0, 4, 2])

    (program,) = compile_here.programs([structure(0, 1, 2)])

    pairs = {
        tuple(program.circuit.find_bit(qubit).index for qubit in item.qubits)
        for item in program.circuit
        if len(item.qubits) == 2 and item.name != "barrier"
    }
    assert pairs
    assert all(abs(first - second) == 1 for first, second in pairs)


def known(*wires):
    return Tape([RX(0.1, wire) for wire in wires], [counts(wires=wires)]).structure


def read_on(program):
    """The qubit that is measured into each classical bit, the last bit first."""
    circuit = program.circuit
    reads = [item for item in circuit if item.name == "measure"]
    places = {circuit.find_bit(item.clbits[0]).index: item.qubits[0] for item in reads}
    return [circuit.find_bit(places[bit]).index for bit in sorted(places, reverse=True)]


def test_a_structure_is_read_on_the_qubits_on_which_others_are(line_backend):
    compile_here = compiler(line_backend, optimization_level=2)
    routed = Tape(
        [RX(0.1, 0), CNOT([0, 1]), CNOT([1, 2]), CNOT([0, 2])], [counts(wires=[0, 1, 2])]
    ).structure
    (work,) = compile_here.programs([routed])

    program = compile_here.program_beside(known(0, 1, 2), [routed])

    assert read_on(program) == read_on(work) == [work.places[wire] for wire in range(3)]
    assert compile_here.program_beside(known(0, 1, 2), [routed]) is program
    assert compile_here.calls == 2


def test_where_others_are_laid_over_each_other_a_structure_is_laid_by_itself(line_backend):
    compile_here = compiler(line_backend, optimization_level=2)
    others = [structure(wire, 2) for wire in (0, 1)]
    first, second = compile_here.programs(others)
    assert first.places[0] == second.places[1]

    program = compile_here.program_beside(known(0, 1), others)

    assert program is compile_here.programs([known(0, 1)])[0]


def test_numbers_are_bound_by_slot():
    tape = Tape([RX(0.1, 0), RX(0.2, 1), CNOT([0, 1])], [counts(wires=[0, 1])])
    (program,) = compiler(AerSimulator()).programs([tape.structure])

    bound = program.bound(np.array([1.5, 2.5]))

    angles = {bound.find_bit(item.qubits[0]).index: item.params[0] for item in bound if item.params}
    assert angles == {0: 1.5, 1: 2.5}


def test_the_compilers_reason_is_passed_on():
    wide = Compiler(GenericBackendV2(2), device="here", order=lambda wires: wires)

    with pytest.raises(CompilationFailed, match=r"here cannot run the circuit.*too many|greater"):
        wide.programs([structure(0, 1, 2)])

"""Pauli words and sums of them as dictionaries, and functions of words, with PennyLane's names.

Operators of qgate hold sums of Pauli words as bit matrices (``qg.PauliSum``); the dictionaries here
are for looking at single words.
"""

from typing import TYPE_CHECKING

from qgate.lazy_names import refuse_unknown
from qgate.pauli.dictionaries import PauliSentence, PauliWord, pauli_sentence
from qgate.pauli.grouping import (
    compute_partition_indices,
    diagonalize_pauli_word,
    diagonalize_qwc_groupings,
    diagonalize_qwc_pauli_words,
    group_observables,
    optimize_measurements,
    partition_pauli_group,
    qwc_complement_adj_matrix,
    qwc_rotation,
)
from qgate.pauli.words import (
    are_identical_pauli_words,
    are_pauli_words_qwc,
    binary_to_pauli,
    is_pauli_word,
    is_qwc,
    observables_to_binary_matrix,
    pauli_decompose,
    pauli_eigs,
    pauli_group,
    pauli_to_binary,
    pauli_word_prefactor,
    pauli_word_to_matrix,
    pauli_word_to_string,
    string_to_pauli_word,
    trace_inner_product,
)

__all__ = [
    "PauliSentence",
    "PauliWord",
    "are_identical_pauli_words",
    "are_pauli_words_qwc",
    "binary_to_pauli",
    "compute_partition_indices",
    "diagonalize_pauli_word",
    "diagonalize_qwc_groupings",
    "diagonalize_qwc_pauli_words",
    "group_observables",
    "is_pauli_word",
    "is_qwc",
    "observables_to_binary_matrix",
    "optimize_measurements",
    "partition_pauli_group",
    "pauli_decompose",
    "pauli_eigs",
    "pauli_group",
    "pauli_sentence",
    "pauli_to_binary",
    "pauli_word_prefactor",
    "pauli_word_to_matrix",
    "pauli_word_to_string",
    "qwc_complement_adj_matrix",
    "qwc_rotation",
    "string_to_pauli_word",
    "trace_inner_product",
]

if not TYPE_CHECKING:  # type checkers refuse unknown names themselves
    __getattr__ = refuse_unknown(__name__)

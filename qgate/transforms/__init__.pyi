# Public names of qgate.transforms; see `qgate/__init__.pyi`.

from qgate.exceptions import TransformError as TransformError
from qgate.transforms import core as core
from qgate.transforms import optimization as optimization
from qgate.transforms.applied import qfunc_transform as qfunc_transform
from qgate.transforms.circuit_transform import Transform as Transform
from qgate.transforms.circuit_transform import transform as transform
from qgate.transforms.passes.batching import batch_input as batch_input
from qgate.transforms.passes.batching import batch_params as batch_params
from qgate.transforms.passes.batching import batch_partial as batch_partial
from qgate.transforms.passes.batching import broadcast_expand as broadcast_expand
from qgate.transforms.passes.cancellation import cancel_inverses as cancel_inverses
from qgate.transforms.passes.commutation import commute_controlled as commute_controlled
from qgate.transforms.passes.compilation import compile as compile
from qgate.transforms.passes.deferred_measurements import (
    defer_measurements as defer_measurements,
)
from qgate.transforms.passes.folding import exponential_extrapolate as exponential_extrapolate
from qgate.transforms.passes.folding import fold_global as fold_global
from qgate.transforms.passes.folding import mitigate_with_zne as mitigate_with_zne
from qgate.transforms.passes.folding import poly_extrapolate as poly_extrapolate
from qgate.transforms.passes.folding import richardson_extrapolate as richardson_extrapolate
from qgate.transforms.passes.gate_sets import decompose as decompose
from qgate.transforms.passes.gate_sets import unitary_to_rot as unitary_to_rot
from qgate.transforms.passes.insertion import insert as insert
from qgate.transforms.passes.monte_carlo import apply_controlled_Q as apply_controlled_Q
from qgate.transforms.passes.monte_carlo import quantum_monte_carlo as quantum_monte_carlo
from qgate.transforms.passes.relabelling import map_wires as map_wires
from qgate.transforms.passes.relabelling import simplify as simplify
from qgate.transforms.passes.removal import combine_global_phases as combine_global_phases
from qgate.transforms.passes.removal import merge_amplitude_embedding as merge_amplitude_embedding
from qgate.transforms.passes.removal import remove_barrier as remove_barrier
from qgate.transforms.passes.removal import undo_swaps as undo_swaps
from qgate.transforms.passes.rotations import merge_rotations as merge_rotations
from qgate.transforms.passes.rotations import single_qubit_fusion as single_qubit_fusion
from qgate.transforms.passes.routing import transpile as transpile
from qgate.transforms.passes.splitting import diagonalize_measurements as diagonalize_measurements
from qgate.transforms.passes.splitting import split_non_commuting as split_non_commuting
from qgate.transforms.passes.splitting import split_to_single_terms as split_to_single_terms
from qgate.transforms.pipeline import BoundTransform as BoundTransform
from qgate.transforms.pipeline import CompilePipeline as CompilePipeline

"""Names of PennyLane 0.45 that qgate does not have, with what to use instead or why.

An unknown name of qgate is looked up here, and in ``qgate.former_names``, for the text of its
error, which is an ``AttributeError`` or an ``ImportError``. Names that are similar to an existing
one are suggested. A name may stand here although it exists by now: it is looked up only where it is
missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from qgate.exceptions.base import suggest
from qgate.former_names import REPLACEMENTS

NOISE_MODELS = (
    "Noise models are qg.NoiseModel with the conditions of qg.noise. One of Qiskit Aer is given to "
    "its simulator, qg.device('qiskit:aer', noise_model=...)."
)
VARIABLES = "Continuous variables are out of scope: wires are qubits."
LEVELS = "Qutrits are out of scope: wires are qubits."
PULSES = "Pulses are out of scope: circuits consist of gates."
TEMPLATE = (
    "This template is not there yet. Write its gates as a quantum function, or as a subclass of "
    "qg.operation.Operation with a decomposition."
)
ARITHMETIC = (
    "Circuits for integer arithmetic, lookup tables and polynomials of block encodings need error "
    "correction and are out of scope. qg.QubitUnitary and qg.BlockEncode apply matrices."
)
CAPTURE = (
    "Capture and just-in-time compilation of whole programs are out of scope. Loops are plain "
    "Python; qg.qjit records circuits once, jax.jit and torch.compile compile around QNodes."
)
CUTTING = "Cutting circuits is out of scope: a circuit runs on a device that has all of its wires."
RESOURCES = (
    "Estimates for error-corrected computers are out of scope. qg.specs counts the gates of a "
    "circuit, also as a device compiles it."
)
DECOMPOSITION = (
    "There is no registry of alternative decompositions. A gate has one, "
    "op.decomposition(), and devices choose their native gates."
)
BOSONS = (
    "Bosonic operators, and those of OpenFermion, are out of scope. Fermionic ones are in "
    "qg.fermi; build qubit operators with qg.Hamiltonian(coefficients, words)."
)
CHEMISTRY = (
    "Molecular integrals are out of scope beyond what qg.qchem has. Compute them with PySCF or "
    "OpenFermion and build the operator with qg.Hamiltonian(coefficients, words)."
)
LIE = "Lie algebras are out of scope. qg.commutator and qg.comm compute commutators."
LATTICES = (
    "Ready-made lattice models are out of scope. Write the sum of terms, for example "
    "qg.sum(*(qg.Z(i) @ qg.Z(i + 1) for i in range(n - 1)))."
)
DATA = (
    "Downloads of data sets are out of scope. qg.data.load('qchem', molname='H2') computes data of "
    "small molecules; load files with numpy or h5py."
)
TOOLS = "Not part of the package: use Python's own logging, warnings and debugger."
OLD_DEVICES = (
    "PennyLane's device classes are not there. Make a device with qg.device('local'), or subclass "
    "qgate.devices.base.Device to write one."
)
TAPES = (
    "Internal of PennyLane. Tapes are made with qg.QuantumScript(operations, measurements), and "
    "qnode.construct(args, kwargs) returns that of a call."
)
DERIVATIVES = (
    "Internal of PennyLane's derivatives. qg.jvp and qg.vjp multiply a Jacobian by vectors, and "
    "qg.gradients.param_shift transforms tapes."
)
MITIGATION = "Folding and zero-noise extrapolation are in qg.transforms, and in qg.noise."
ZX = "ZX diagrams are out of scope. Export with qg.to_openqasm and use pyzx."
CLIFFORD_T = (
    "Decompositions into Clifford and T gates are for error-corrected computers and out of scope. "
    "Devices compile to their native gates."
)
MEASUREMENT_BASED = "Measurement-based computation is out of scope. qg.measure and qg.cond exist."
LAYERS = "Out of scope: {} Use the layers qg.StronglyEntanglingLayers or qg.BasicEntanglerLayers."
COMPILING = (
    "This transform is not there. qg.compile has the usual ones, and a device compiles its "
    "circuits by itself."
)
FILES = (
    "A file of PennyLane. Import names from the package, for example "
    "from qgate.templates import AngleEmbedding."
)
EXPANSION = "Internal of PennyLane. qg.decompose expands a circuit to given gates."
IMPORTS = (
    "Only OpenQASM, Qiskit, Braket, Cirq and pytket are read. Convert to OpenQASM first, and call "
    "qg.from_qasm3."
)

REASONS: tuple[tuple[str, str], ...] = (
    (
        NOISE_MODELS,
        "NoiseModel add_noise from_qiskit_noise fcond wires_eq wires_in op_eq op_in meas_eq "
        "partial_wires",
    ),
    (
        VARIABLES,
        "Beamsplitter CatState CoherentState ControlledAddition ControlledPhase CrossKerr "
        "CubicPhase DisplacedSqueezedState Displacement DisplacementEmbedding CVNeuralNetLayers "
        "FockDensityMatrix FockState FockStateProjector FockStateVector GaussianState "
        "Interferometer InterferometerUnitary Kerr NumberOperator PolyXP QuadOperator QuadP QuadX "
        "QuadraticPhase Rotation SqueezedState Squeezing SqueezingEmbedding TensorN ThermalState "
        "TwoModeSqueezing displacement squeezing cv_neural_net cv CV CVObservable CVOperation "
        "param_shift_cv parameter_shift_cv DefaultGaussian default_gaussian",
    ),
    (
        LEVELS,
        "THadamard TShift TRX TRY TRZ TAdd TClock TSWAP THermitian GellMann QutritUnitary "
        "ControlledQutritUnitary QutritBasisState QutritBasisStatePreparation basis_qutrit "
        "QutritAmplitudeDamping QutritChannel QutritDepolarizingChannel TritFlip qutrit "
        "QutritDevice DefaultQutrit DefaultQutritMixed default_qutrit default_qutrit_mixed "
        "qutrit_mixed",
    ),
    (
        PULSES,
        "pulse stoch_pulse_grad pulse_odegen pulse_gradient pulse_gradient_odegen "
        "ParametrizedEvolution ParametrizedHamiltonian",
    ),
    (
        TEMPLATE,
        "gate_fabric basis_rotation_template "
        "ccl2 "
        "cosine_window superposition order_states mps "
        "state_prep_mps mera ttn "
        "multiplexer_state_prep "
        "qmc random "
        "iqp iqp_expval SumOfSlatersPrep sum_of_slaters compute_sos_encoding select_sos_rows",
    ),
    (
        ARITHMETIC,
        "Adder ModExp Multiplier OutAdder OutMultiplier OutPoly PhaseAdder SemiAdder Elbow "
        "TemporaryAND IntegerComparator QubitCarry QubitSum FABLE GQSP QSVT qsvt "
        "poly_to_angles transform_angles PrepSelPrep Qubitization QROM QROMStatePreparation "
        "qrom_state_prep BBQRAM HybridQRAM SelectOnlyQRAM BooleanFn boolean_fn",
    ),
    (
        CAPTURE,
        "for_loop while_loop capture compiler control_flow MomentumQNGOptimizerQJIT "
        "QNGOptimizerQJIT momentum_qng_qjit qng_qjit capture_measurements concurrency "
        "create_operator_primitive CaptureError CaptureWarning AutoGraphError AutoGraphWarning "
        "CompileError marker",
    ),
    (CUTTING, "cut_circuit cut_circuit_mc WireCut qcut meta"),
    (
        RESOURCES,
        "estimator resource_rep controlled_resource_rep ResourcesOperation ErrorOperation "
        "SpectralNormError AlgorithmicError algo_error error ResourcesUndefinedError substitute "
        "add_in_parallel add_in_series mul_in_parallel mul_in_series Resources",
    ),
    (
        DECOMPOSITION,
        "add_decomps inspect_decomps list_decomps register_condition register_resources "
        "decomposition decomp_inspector DecompGraphInspector null_decomp gate_sets "
        "qjit_compatible_adjoint_rotation qjit_compatible_pow_rotation DecompositionError "
        "DecompositionWarning change_op_basis ChangeOpBasis",
    ),
    (
        BOSONS,
        "bose BoseSentence BoseWord binary_mapping christiansen_mapping unary_mapping "
        "from_openfermion to_openfermion import_operator",
    ),
    (CHEMISTRY, "paulix_ops symmetry_generators taper taper_operation"),
    (LIE, "liealg lie_closure center structure_constants PauliVSpace pauli_vspace"),
    (LATTICES, "spin"),
    (DATA, "data"),
    (
        TOOLS,
        "logging breakpoint debug_expval debug_probs debug_state debug_tape debugging "
        "ExperimentalWarning about Configuration configuration default_config core single_dispatch "
        "interface_utils qp pytrees register_pytree numpy_mimic NumpyMimic",
    ),
    (
        OLD_DEVICES,
        "DefaultClifford DefaultMixed NullQubit ReferenceQubit LegacyDevice "
        "LegacyDeviceFacade QubitDevice default_clifford default_mixed default_qubit null_qubit "
        "reference_qubit device_api device_constructor execution_config legacy_facade modifiers "
        "preprocess qubit_mixed tracker MCMConfig ExecutionConfig "
        "InvalidCapabilitiesError refresh_devices",
    ),
    (
        TAPES,
        "make_tape qscript operation_recorder OperationRecorder "
        "expand_tape_state_prep construct_execution_config get_transform_program "
        "get_compile_pipeline jacobian_products "
        "resolution WrappedObj convert_to_numpy_parameters "
        "commutation_dag CommutationDAG CommutationDAGNode intermediate_reps "
        "tape_expand",
    ),
    (
        DERIVATIVES,
        "gradients.jvp gradients.vjp batch_jvp batch_vjp compute_jvp_multi compute_jvp_single "
        "compute_vjp_multi "
        "compute_vjp_single finite_diff_jvp general_shift_rules hadamard_gradient "
        "parameter_shift_hessian spsa_gradient generate_multishifted_tapes generate_shifted_tapes",
    ),
    (
        MITIGATION,
        "mitigate_with_zne fold_global exponential_extrapolate poly_extrapolate "
        "richardson_extrapolate insert",
    ),
    (ZX, "zx from_zx to_zx"),
    (
        CLIFFORD_T,
        "clifford_t_decomposition gridsynth sk_decomposition rs_decomposition rz_phase_gradient "
        "match_controlled_iX_gate match_relative_phase_toffoli pauli_measure PauliMeasure "
        "parity_matrix phase_polynomial rowcol decompositions",
    ),
    (
        MEASUREMENT_BASED,
        "ftqc allocate deallocate allocation AllocationError DynamicWire resolve_dynamic_wires",
    ),
    (
        COMPILING,
        "pattern_matching pattern_matching_optimization sign_expand optimization "
        "dynamic_one_shot is_mcm disentangle_cnot disentangle_swap parity_synth",
    ),
    (
        EXPANSION,
        "expand_tape create_expand_fn create_expand_trainable_multipar expand_invalid_trainable "
        "expand_multipar expand_nonunitary_gen expand_trainable_multipar",
    ),
    (
        IMPORTS,
        "from_pyquil from_quil from_quil_file FromBloq to_bloq bloq_registers io",
    ),
    (
        FILES,
        "insert_ops mitigate "
        "amplitude angle arbitrary_state_preparation basic_entangler basis mottonen "
        "particle_conserving_u1 particle_conserving_u2 qaoaembedding simplified_two_design "
        "strongly_entangling adagrad adam momentum_qng nesterov_momentum rms_prop cycle "
        "cost_functions postprocessing drawable_layers mpldrawer style null_measurement "
        "process_samples expand_matrix is_abstract is_trainable ops.composite ops.condition "
        "ops.controlled ops.controlled_decompositions ops.controlled_ops ops.evolution "
        "ops.identity ops.linear_combination ops.mid_measure ops.sprod ops.symbolicop "
        "pauli.conversion pauli.graph_colouring pauli.pauli_arithmetic pauli.pauli_interface",
    ),
    (
        "qg.QubitUnitary(matrix, wires).decomposition() decomposes a matrix.",
        "ctrl_decomp_bisect ctrl_decomp_zyz multi_qubit_decomposition",
    ),
    ("Multiples of an operator are qg.ops.SProd.", "ScalarSymbolicOp"),
    ("qg.pauli.group_observables groups Pauli words.", "PauliGroupingStrategy"),
    (
        "Subclass qg.operation.Operation, or ask op.is_gate.",
        "StatePrepBase ClassPropertyDescriptor classproperty",
    ),
    (
        "Types are plain here: results are arrays, or tuples of these.",
        "InterfaceTensor InterfaceTensorMeta NullMeasurement ShotCopies add_shots",
    ),
    ("The version is qg.__version__.", "version numpy_version"),
)
"""Reasons, and the names that they are for: of qgate or of one of its modules."""

NAMESPACES: Mapping[str, str] = {
    "devices": OLD_DEVICES,
    "math": (
        "qgate.math has the functions of autoray for every framework, and the most used ones of "
        "PennyLane."
    ),
    "qchem": CHEMISTRY,
    "resource": RESOURCES,
    "templates": TEMPLATE,
    "tape": TAPES,
    "workflow": TAPES,
}
"""Reasons for all further names of a module."""

BY_NAME: Mapping[str, str] = {name: reason for reason, names in REASONS for name in names.split()}


def reason_of(module: str, name: str) -> str | None:
    """Return why a module of qgate does not have a name of PennyLane; None: it is no such name.

    Parameters
    ----------
    module : str
        Dotted name of the module, such as ``qgate.gradients``.
    name : str
        Name in it.
    """
    inside = module.partition(".")[2]
    dotted = f"{inside}.{name}" if inside else name
    tables = (BY_NAME, REPLACEMENTS)
    return next((table[key] for key in (dotted, name) for table in tables if key in table), None)


def explanation(module: str, name: str, known: Iterable[str]) -> str | None:
    """Return what to use instead of a name that a module does not have; None: nothing is known.

    Parameters
    ----------
    module, name : str
        As for ``reason_of``.
    known : iterable of str
        Names that the module has, of which similar ones are suggested.
    """
    reason = reason_of(module, name)
    if reason is not None:
        return reason
    names = list(known)
    same = [other for other in names if other.lower() == name.lower()]
    similar = suggest(name, same or names).strip()
    return similar or _of_namespace(module)


def _of_namespace(module: str) -> str | None:
    space = module.partition(".")[2].partition(".")[0]
    return NAMESPACES.get(space) or BY_NAME.get(space) or REPLACEMENTS.get(space)

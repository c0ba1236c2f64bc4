"""QNode: a quantum function bound to a device."""

from __future__ import annotations

import copy
import functools
import inspect
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from types import FunctionType
from typing import TYPE_CHECKING, Any, NamedTuple, Self, Unpack

from qgate import levels, qnode_derivatives
from qgate.arguments import items_of, whole_number
from qgate.arrays import any_boxed, framework_among, order, trainable_among
from qgate.autodiff.evaluate import evaluate
from qgate.autodiff.method import check_method, parse_method
from qgate.autodiff.returns import Stacked, arrange, leaves, measurements_of
from qgate.context import HERE, active_device, entered
from qgate.exceptions import DifferentiationError, QuantumFunctionError, described, name_of
from qgate.execution_keywords import ExecutionKeywords, QNodeKeywords, execution_keywords
from qgate.findable import Located, located, make_findable
from qgate.interchange.readout import Readout
from qgate.interfaces.choice import Choose, chooser, interface_among
from qgate.interfaces.host import call_whole
from qgate.measurements import Measurement
from qgate.operations.mid_measure import ways_of, with_ways
from qgate.operations.operator import Operator, ParameterKind
from qgate.recording import Recorder
from qgate.shots import Shots
from qgate.tape import Tape

if TYPE_CHECKING:
    from qgate.autodiff.choose_method import Explanation
    from qgate.autodiff.kept_simulations import Kept
    from qgate.autodiff.recordings import Recordings
    from qgate.bridge import Interface
    from qgate.devices.base import Device
    from qgate.mitigation.method import Mitigation
    from qgate.transforms.pipeline import CompilePipeline


KEPT_MODULES = {
    "samples": "qgate.autodiff.kept_samples",
    "derivatives": "qgate.autodiff.kept_derivatives",
    "values": "qgate.autodiff.kept_simulations",
}
"""For each kind of results the module that repeats them."""

CALL_OPTIONS = ("shots", "seed")
"""Arguments of a QNode call besides those of the quantum function, unless it has the same names."""


class Recorded(NamedTuple):
    """Operations that a quantum function applied, and what it returned."""

    operations: tuple[Operator, ...]
    measurements: tuple[Measurement, ...]
    returned: Any

    def tape(self, shots: Shots) -> Tape:
        """Return the circuit, whose trainable parameters are those that are traced or marked."""
        tape = Tape(self.operations, self.measurements, shots)
        return tape.with_trainable(trainable_among(tape.parameters))


class QNode:
    """A quantum function bound to a device; called like the function, it returns numbers.

    Each call records the function's operations, runs the circuit, and returns the results in the
    container that the function returned: an array for one measurement, a tuple for several, a tuple
    of these for a shot vector. Batched parameters add a leading axis. A call also accepts
    ``shots=``, which replaces the QNode's, and ``seed=``, a whole number, an array of whole numbers
    or a key of ``jax.random``, for its samples; if the function has arguments of these names, they
    go to the function.

    Parameters
    ----------
    func : callable, or circuit
        A callable applies operations and returns measurements. A circuit of Qiskit, Braket, Cirq or
        pytket, a program in OpenQASM or the path of a file stands for the function that applies it
        and returns what it measures: counts, or probabilities without shots. Calls take its
        parameters, and ``observable=`` or ``measurements=`` in place of these results.
    device : Device or str
        The device, or the string that names it.
    interface : {"auto", "autograd", "torch", "jax", "tf", None}
        The framework that differentiates, and whose arrays are returned. ``auto``: the framework of
        the parameters. None: numpy arrays, no derivatives.
    diff_method : str, gradient transform or None
        ``best``, ``backprop``, ``adjoint`` (local device, exact), ``parameter-shift``,
        ``finite-diff``, ``spsa``, ``hadamard``.
    shots : None, int or sequence, optional
        Default: the device's.
    gradient_kwargs : mapping, optional
        Options of the gradient method.
    max_diff : int, optional
        Highest order of derivatives that is allowed; default any order.
    mitigation : str or Mitigation, optional
        Method against errors of the device, with which values and derivatives from shots are
        estimated: ``none``, ``readout``, ``zne``, ``learned``, ``auto``, or an object with options.
    mcm_method : {None, "deferred", "one-shot", "tree-traversal", "device"}
        How mid-circuit measurements are run; default the device's way. ``device``: by the device
        itself, which has to be able to.
    postselect_mode : {None, "hw-like", "fill-shots"}
        Whether shots that a postselection rejects are dropped or repeated.
    grad_on_execution, cache, cachesize, device_vjp, static_argnums, executor_backend,
    expansion_strategy, max_expansion
        Accepted and checked, without effect: in PennyLane they choose between ways of execution
        that give the same results. qgate submits a value and its gradient together, merges equal
        circuits of a submission, and computes vector-Jacobian products where the method can.

    Raises
    ------
    UnknownDiffMethod, UnknownInterface, UnsupportedDiffMethod, InvalidKeyword
        On construction.

    Notes
    -----
    A QNode can be pickled and copied with its device, for processes of ``multiprocessing``,
    joblib or Ray. As for every pickle, its function must be importable by name from its module. In
    a copy, a device without a seed draws different numbers; a device with a seed restarts its
    sequence, so all copies of a seeded QNode draw the same numbers.

    Cost: a call is one submission; a gradient with ``parameter-shift`` is one submission
    of the value and all shifted circuits together.
    """

    autograph_info__ = None  # TensorFlow's autograph leaves calls of this object unchanged

    recordings: Recordings | None = None
    """Circuits that ``qjit`` recorded; None: each call records its own."""

    def __init__(
        self,
        func: Callable[..., Any] | Any,
        device: Device | str,
        interface: str | None = "auto",
        diff_method: Any = "best",
        *,
        shots: Any = "device",
        gradient_kwargs: Mapping[str, Any] | None = None,
        max_diff: int | None = None,
        mitigation: Mitigation | str | None = None,
        **execution: Unpack[ExecutionKeywords],
    ) -> None:
        self.execute_kwargs = execution_keywords("QNode", execution)
        self._ways = ways_of(self.execute_kwargs)
        if not isinstance(func, FunctionType):
            from qgate.devices.circuits import quantum_function  # only where it may be a circuit

            func = quantum_function(func)
        self._choose = chooser(interface)
        self.func: Callable[..., Any] = func
        self.device = _device(device)
        self.interface = interface
        self.diff_method = diff_method
        self.max_diff = None if max_diff is None else _highest_order(max_diff)
        self.gradient_kwargs = _gradient_options(gradient_kwargs)
        own = isinstance(shots, str) and shots == "device"
        self.mitigation = mitigation
        chosen = self.device.shots if own else Shots.of(shots)
        self.shots = chosen if mitigation is None else chosen.mitigated(method_named(mitigation))
        if self.device.mitigation is not None:
            self.shots = self._mitigated(self.shots)
        self._last: Tape | Recorded | None = None
        self._kept: dict[str, Kept] = {}
        self._pipeline: CompilePipeline | None = None
        self._method = parse_method(diff_method, self.gradient_kwargs)
        check_method(self._method, self.device, self.shots)
        self._is_adjoint = self._method is not None and self._method.name in ("best", "adjoint")
        self._key = call_whole(self)
        functools.update_wrapper(self, func)

    @functools.cached_property
    def _options(self) -> frozenset[str]:
        """Options of a call that are not arguments of the function."""
        own = inspect.signature(self.func).parameters
        return frozenset(name for name in CALL_OPTIONS if name not in own)

    @property
    def tape(self) -> Tape | None:
        """The tape of the last call."""
        if isinstance(self._last, Recorded):
            self._last = self._last.tape(self.shots)
        return self._last

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if torch_compiles():
            from qgate.interfaces.torch_compile import call_in_graph

            return call_in_graph(self._key, args, kwargs)
        return self.call(args, kwargs)

    def call(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Record the function for these arguments, run it and return its results."""
        planned = active_device()
        if planned is not None and planned is not self.device:
            return self.update(device=planned).call(args, kwargs)
        here = HERE.get()
        combined = here.combined
        if combined is not None and combined.is_repeated and not self._pipeline:
            return combined.result()
        seeds, interface = self.device.keyed_seeds, None
        seed = None if seeds is None else seeds.next()
        if kwargs and not self._options.isdisjoint(kwargs):
            others = {name: value for name, value in kwargs.items() if name not in self._options}
            if "shots" in kwargs and "shots" in self._options:
                shots = kwargs["shots"]
                rest = {name: value for name, value in kwargs.items() if name != "shots"}
                return self.with_shots(shots).call(args, rest)
            seed, kwargs = kwargs["seed"], others
        recordings = self.recordings
        if recordings is None and here.recordings is not None:
            recordings = here.recordings.of(self.func, self.device, self._method)
        if recordings is not None and combined is None and not self._pipeline:
            found = recordings.call(self, args, kwargs, seed=seed, choose=self._choose)
            if found is not None:
                return found[0]
        is_repeated, recorded = self._last is not None, self._recorded(args, kwargs)
        if is_repeated and seed is None and combined is None and not self._pipeline:
            inputs = [*args, *kwargs.values()]
            traced, known = any_boxed(inputs), None
            if not traced or (self._is_adjoint and not self.shots.parts):
                known = self._known_results(recorded, inputs, traced=traced)
            if known is not None:
                self._last = recorded
                return known[0]
        self._last = tape = recorded.tape(self.shots)
        returned = recorded.returned
        if self.max_diff is not None:
            _check_order(tape, self.max_diff)
        like: Sequence[Any] = tape.kept_parameters
        if framework_among(like) is None:
            like = leaves([*args, *kwargs.values()])
        interface = self._choose([*like, *tape.parameters, seed])
        seed = seed if interface is None or seed is None else interface.seed(seed)
        if self._pipeline:
            from qgate.autodiff.transformed import call_transformed  # of QNodes with transforms

            arguments = args, kwargs
            return call_transformed(
                self, tape, returned, arguments, interface=interface, like=like, seed=seed
            )
        run: Any = evaluate
        if combined is not None:
            finish = functools.partial(
                arrange, tape, returned=returned, interface=interface, like=like
            )
            run = functools.partial(combined.evaluate, finish=finish)
        (entries,) = run(
            [tape],
            self.device,
            self._method,
            interface=interface,
            max_diff=self.max_diff,
            seed=seed,
            singles=True,
        )
        return arrange(tape, entries, returned, interface=interface, like=like)

    def construct(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Tape:
        """Record the function for these arguments and return the tape, before all transforms."""
        return self._record(args, kwargs)[0]

    def single_tape(
        self, args: Sequence[Any], kwargs: Mapping[str, Any], *, defers: bool = True
    ) -> Tape:
        """Record the function for these arguments and return the only tape that a call runs.

        ``defers``: whether mid-circuit measurements are moved to the end of the circuit.

        Raises
        ------
        TransformError
            Transforms make several tapes, or process their results.
        UnsupportedMidMeasure
            The circuit selects outcomes, so that its results are computed from several others.
        """
        tape = self.construct(args, kwargs)
        if self._pipeline:
            from qgate.autodiff.transformed import only_tape  # of QNodes with transforms

            tape = only_tape(tape, self._pipeline)
        if defers and tape.structure.has_outcomes:
            from qgate.autodiff.mid_circuit import only_deferred  # of these circuits

            tape = only_deferred(tape, self.device)
        return tape

    @property
    def compile_pipeline(self) -> CompilePipeline:
        """The transforms of the tape of each call, first applied first; it can be changed."""
        if self._pipeline is None:
            from qgate.transforms.pipeline import CompilePipeline  # of QNodes with transforms

            self._pipeline = CompilePipeline()
        return self._pipeline

    transform_program = compile_pipeline  # PennyLane's older name

    @property
    def qtape(self) -> Tape | None:
        """The tape of the last call: ``tape``, under PennyLane's older name."""
        return self.tape

    @property
    def is_transformed(self) -> bool:
        """Whether the tape of a call is transformed before it runs."""
        return bool(self._pipeline)

    def with_pipeline(self, pipeline: CompilePipeline) -> Self:
        """Return the same QNode with other transforms of its tapes."""
        other = copy.copy(self)
        other._pipeline = pipeline
        return other

    def _known_results(
        self, recorded: Recorded, inputs: Sequence[Any], *, traced: bool
    ) -> tuple[Any] | None:
        """Return the results in a tuple, if the simulation of the circuit is kept."""
        interface = self._choose(leaves(inputs))
        if interface is not None and interface.name != "autograd":
            return None
        kind = "samples" if self.shots.parts else "derivatives" if traced else "values"
        kept = self._kept.get(kind)
        if kept is None or kept.device is not self.device:
            if not _may_import(KEPT_MODULES[kind]):
                return None
            kept = self._kept[kind] = self._new_kept(kind)
        return kept.results(
            recorded.operations, recorded.measurements, self.shots, recorded.returned
        )

    def _new_kept(self, kind: str) -> Kept:
        # Imported on use: no first value needs these, and no value the derivatives.
        if kind == "samples":
            from qgate.autodiff.kept_samples import KeptSamples

            return KeptSamples(self.device)
        if kind == "derivatives":
            from qgate.autodiff.kept_derivatives import KeptDerivatives

            return KeptDerivatives(self.device, self._method, self.max_diff)
        from qgate.autodiff.kept_simulations import KeptSimulations

        return KeptSimulations(self.device)

    def _record(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[Tape, Any]:
        recorded = self._recorded(args, kwargs)
        self._last = tape = recorded.tape(self.shots)
        return tape, recorded.returned

    def _recorded(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Recorded:
        """Call the quantum function."""
        recorder = Recorder()
        with entered(recorder=recorder):
            if any_boxed([*args, *kwargs.values()]):
                args, kwargs = _known_entries(args, kwargs)
            returned = self.func(*args, **kwargs)
            if isinstance(returned, Readout):
                returned = returned.measurement(self.shots.total_shots)
            elif getattr(getattr(returned, "dtype", None), "kind", None) == "O":
                returned = Stacked(returned)
        operations = tuple([item for item in recorder.items if isinstance(item, Operator)])
        if self._ways is not None:
            operations = with_ways(operations, self._ways)
        return Recorded(operations, measurements_of(returned, self.func), returned)

    def explain(self, *args: Any, **kwargs: Any) -> Explanation:
        """Return the gradient method that a call with these arguments uses, and why; nothing runs.

        If no argument is trainable, all of them are treated as trainable. ``qg.gradients.explain``
        does the same for derivatives of higher order.
        """
        return self.explain_call(args, kwargs)

    def explain_call(
        self, args: Sequence[Any], kwargs: Mapping[str, Any], *, order: int = 1
    ) -> Explanation:
        """Return the gradient method for a derivative of some order; see ``explain``."""
        from qgate.autodiff.choose_method import explain

        tape = self.single_tape(args, kwargs)
        if not tape.trainable_params:
            angles = enumerate(tape.parameter_kinds)
            tape = tape.with_trainable([i for i, kind in angles if kind is ParameterKind.ANGLES])
        return explain(tape, self.device, self._method, depth=order)

    def with_shots(self, shots: Any) -> Self:
        """Return the same QNode with other shots."""
        other, given = copy.copy(self), Shots.of(shots)
        kept = given.mitigation or self.shots.mitigation
        other.shots = self._mitigated(given if kept is None else given.mitigated(kept))
        check_method(other._method, other.device, other.shots)
        return other

    def _mitigated(self, shots: Shots) -> Shots:
        """Return shots with the device's method of mitigation where the QNode has none."""
        default = self.device.mitigation
        if default is None or self.mitigation is not None or not shots or shots.mitigation:
            return shots
        return shots.mitigated(method_named(default))

    def update(self, **changes: Any) -> QNode:
        """Return a QNode constructed with some arguments replaced."""
        arguments: dict[str, Any] = {
            "func": self.func,
            "device": self.device,
            "interface": self.interface,
            "diff_method": self.diff_method,
            "shots": self.shots,
            "gradient_kwargs": self.gradient_kwargs,
            "max_diff": self.max_diff,
            "mitigation": self.mitigation,
            **self.execute_kwargs,
        }
        if "device" in changes and self.shots.mitigated(None) == self.device.shots:
            arguments["shots"] = "device"  # the shots were the device's, not the QNode's own
        other = QNode(**{**arguments, **changes})
        other._pipeline = copy.copy(self._pipeline)
        other.recordings = None if self.recordings is None else type(self.recordings)()
        return other

    def run(
        self, tapes: Sequence[Tape], *, diff_method: Any = None, seed: Any = None
    ) -> tuple[Any, ...]:
        """Run tapes on the QNode's device; tapes without traced parameters go in one submission.

        Parameters
        ----------
        tapes : sequence of Tape
        diff_method : str, optional
            Their gradient method; default the QNode's.
        seed : int or array of int, optional
            Seed of their samples, as in a call.

        Returns
        -------
        tuple
            For each tape the results that a QNode would return.
        """
        method = self._method if diff_method is None else parse_method(diff_method, {})
        return _results(tapes, self.device, method, self._choose, seed)

    circuits_at = levels.circuits_at
    gradient_function = qnode_derivatives.gradient_function
    tape_derivatives = qnode_derivatives.tape_derivatives

    def interface_of(self, args: Sequence[Any]) -> Interface:
        """Return the interface that differentiates by these arguments."""
        given = leaves(list(args))
        return self._choose(given) or interface_among(given)

    if not TYPE_CHECKING:  # type checkers refuse unknown attributes themselves

        def __getattr__(self, name: str) -> Any:
            from qgate.former_names import former_attribute  # on use: programs that run need none

            return former_attribute(self, name)

    def __copy__(self) -> Self:
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__)
        other._pipeline = copy.copy(self._pipeline)
        other._key = call_whole(other)
        return other

    def __getstate__(self) -> dict[str, Any]:
        make_findable(self.func)
        # State of the last call, and caches.
        left_out = ("_last", "_key", "_options", "_kept")
        return {name: value for name, value in vars(self).items() if name not in left_out}

    def __reduce_ex__(self, protocol: Any) -> Any:
        made: Any = super().__reduce_ex__(protocol)
        if protocol < 4:
            state = {**made[2], "func": located(self.func), "__wrapped__": located(self.func)}
            made = (*made[:2], state, *made[3:])
        return made

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        self.__dict__.update(state)
        if isinstance(self.func, Located):
            self.func = self.__dict__["__wrapped__"] = self.func.function()
        self._last, self._kept, self._key = None, {}, call_whole(self)

    def _repr_html_(self) -> str:
        """Return the circuit of the last call for a notebook; nothing runs."""
        from qgate.drawer.notebook import qnode_html  # on use: no value needs a drawing

        return qnode_html(self)

    def __repr__(self) -> str:
        return (
            f"<QNode: device='{self.device.name}', interface={self.interface!r}, "
            f"diff_method={self.diff_method!r}, shots={self.shots.total_shots}>"
        )


def qnode(
    device: Device | str,
    interface: str | None = "auto",
    diff_method: Any = "best",
    **keywords: Unpack[QNodeKeywords],
) -> Callable[[Callable[..., Any]], QNode]:
    """Bind the decorated quantum function to a device.

    The function applies operators and returns measurements. In its place there is then a ``QNode``,
    which is called with the same arguments and returns numbers that can be differentiated.

    Parameters
    ----------
    device : Device or str
        The device, or the string that names it, such as ``"local"`` or ``"qiskit:aer?shots=1000"``.
    interface : {"auto", "autograd", "torch", "jax", "tf", None}
        The framework that differentiates; ``auto``: that of the arguments.
    diff_method : str, gradient transform or None
        How derivatives are computed; ``best`` chooses by device and circuit.
    **keywords
        ``shots``, ``gradient_kwargs``, ``max_diff``, ``mitigation``, ``mcm_method``,
        ``postselect_mode`` and the others of ``QNode``, whose help explains each.

    Returns
    -------
    callable
        Decorator that turns a quantum function into a ``QNode``.

    Raises
    ------
    QuantumFunctionError
        It was used without a device.
    UnknownDiffMethod, UnknownInterface, UnsupportedDiffMethod, InvalidKeyword
        When the function is decorated.

    Examples
    --------
    >>> @qg.qnode("local", diff_method="parameter-shift")
    ... def circuit(angle):
    ...     qg.RX(angle, wires=0)
    ...     return qg.expval(qg.Z(0))
    >>> print(circuit(0.0))
    1.0
    """
    if inspect.isfunction(device):
        raise QuantumFunctionError(
            f"qnode was given the function {name_of(device)} in place of a device. Write "
            f"@qg.qnode('local') above it, or qg.QNode({name_of(device)}, 'local'), with the "
            "device on which it runs."
        )
    return lambda func: QNode(func, device, interface, diff_method, **keywords)


def set_shots(qnode: QNode | None = None, shots: Any = None) -> Any:
    """Return a QNode with other shots; without a QNode, a decorator that does so."""
    if isinstance(qnode, QNode):
        return qnode.with_shots(shots)
    if callable(qnode):
        raise QuantumFunctionError(
            f"set_shots was given {name_of(qnode)}, which is not bound to a device. Give a QNode, "
            "that is a quantum function decorated with qg.qnode(device)."
        )
    chosen = Shots.of(shots if qnode is None else qnode)
    return lambda node: set_shots(node, chosen)


def execute(
    tapes: Sequence[Tape],
    device: Device | str,
    diff_method: Any = "best",
    interface: str | None = "auto",
    gradient_kwargs: Mapping[str, Any] | None = None,
    *,
    max_diff: int | None = None,
    **execution: Unpack[ExecutionKeywords],
) -> tuple[Any, ...]:
    """Run tapes on a device, those without traced parameters in one submission.

    Parameters
    ----------
    tapes : sequence of Tape
    device, diff_method, interface, gradient_kwargs, max_diff
        As for ``QNode``.
    **execution
        The other keywords of ``QNode``.

    Returns
    -------
    tuple
        For each tape the results that a QNode would return.

    Raises
    ------
    QuantumFunctionError
        ``tapes`` is not a sequence of tapes.
    InvalidKeyword
        There is no keyword of a name, or it does not accept the value.
    """
    ways = ways_of(execution_keywords("execute", execution))
    given = items_of(tapes)
    if given is None or not all(isinstance(tape, Tape) for tape in given):
        raise QuantumFunctionError(
            f"execute was given {described(tapes)}. It runs a sequence of tapes: "
            "qg.execute([tape], device)."
        )
    if ways is not None:
        given = [
            Tape(with_ways(item.operations, ways), item.measurements, item.shots, item._trainable)
            for item in given
        ]
    method = parse_method(diff_method, _gradient_options(gradient_kwargs))
    most = None if max_diff is None else _highest_order(max_diff)
    if most is not None:
        for tape in given:
            _check_order(tape, most)
    return _results(given, _device(device), method, chooser(interface), max_diff=most)


def method_named(given: Mitigation | str) -> Mitigation | None:
    """Return the method that an argument ``mitigation`` stands for."""
    from qgate.mitigation.methods import mitigation_of  # only where there is one

    return mitigation_of(given)


def _gradient_options(given: Any) -> dict[str, Any]:
    """Return the options of a gradient method by name."""
    if given is None:
        return {}
    if not isinstance(given, Mapping) or not all(isinstance(name, str) for name in given):
        raise QuantumFunctionError(
            f"gradient_kwargs={described(given)} are no options of a gradient method. Give a "
            "mapping from their names to values, for example {'h': 0.01} for finite-diff."
        )
    return dict(given)


def _highest_order(given: Any) -> int:
    """Return the highest order of derivatives that a QNode allows."""
    number = whole_number(given)
    if number is None or number < 0:
        raise QuantumFunctionError(
            f"max_diff={described(given)} is no order of a derivative. Give 1, 2, 3, ..., or "
            "None for any."
        )
    return number


def _results(
    tapes: Sequence[Tape],
    device: Device,
    method: Any,
    choose: Choose,
    seed: Any = None,
    *,
    max_diff: int | None = None,
) -> tuple[Any, ...]:
    """Run tapes; return for each the results that a QNode would return."""
    if seed is None and device.keyed_seeds is not None:
        seed = device.keyed_seeds.next()
    every = [value for tape in tapes for value in tape.parameters]
    chosen = choose([*every, seed])
    results = evaluate(tapes, device, method, interface=chosen, max_diff=max_diff, seed=seed)
    return tuple(
        arrange(
            tape,
            entries,
            tuple(tape.measurements) if len(tape.measurements) > 1 else tape.measurements[0],
            interface=chosen,
            like=tape.kept_parameters if framework_among(tape.kept_parameters) else every,
        )
        for tape, entries in zip(tapes, results, strict=True)
    )


def _check_order(tape: Tape, most: int) -> None:
    taken = order(tape.parameters)
    if taken is not None and taken > most:
        raise DifferentiationError(
            f"A derivative of order {taken} is being taken, and the QNode was made with "
            f"max_diff={most}. Give it max_diff={taken}, or leave max_diff out."
        )


def _may_import(module: str) -> bool:
    """Return whether a module is there, or can be imported now.

    A process that is forked while a thread imports a module waits for that module for ever. The
    main thread is the one that forks, and imports nothing meanwhile.
    """
    return module in sys.modules or threading.current_thread() is threading.main_thread()


def _known_entries(
    args: Sequence[Any], kwargs: Mapping[str, Any]
) -> tuple[Sequence[Any], Mapping[str, Any]]:
    """Return arguments in which autograd's traced arrays record which entries are used."""
    from qgate.interfaces.autograd_rows import as_arguments

    return as_arguments(args), dict(zip(kwargs, as_arguments(list(kwargs.values())), strict=True))


def torch_compiles() -> bool:
    """Return whether ``torch.compile`` is tracing."""
    torch = sys.modules.get("torch")
    return torch is not None and bool(torch.compiler.is_compiling())


def _device(device: Any) -> Device:
    """Return a device by its string, or wrap a vendor's object; import the registry only then."""
    if hasattr(device, "capabilities"):
        found: Device = device
        return found
    from qgate.devices.registry import device as find_device

    return find_device(device)

"""Errors of budgets, runs and journals."""

from __future__ import annotations

from collections.abc import Collection

from qgate.exceptions.base import DeviceError, QGateError, QuantumFunctionError


class SpendingError(QGateError):
    """A submission is not allowed; nothing of the request was sent."""


class InvalidBudget(SpendingError, QuantumFunctionError, ValueError):
    """A budget has no limit, or one that cannot be read."""

    reason: str
    message = (
        "The budget cannot be used: {reason}. Give at least one of shots, usd and "
        "submissions, each positive, for example qg.Budget(shots=100_000, usd=20)."
    )


class SubmissionTooLarge(SpendingError, DeviceError):
    """A single circuit exceeds the provider's size limits."""

    device: str
    size: int
    most: int
    message = (
        "A circuit for {device} takes {size} bytes with one row of its parameters; a submission "
        "may have {most}. Use fewer gates, or measure fewer wires."
    )


class BudgetExceeded(SpendingError):
    """A submission would exceed a budget."""

    what: str
    asked: str
    spent: str
    limit: str
    budget: str
    message = (
        "{what} would take {asked} of the budget {budget}, which allows {limit} and has {spent} "
        "spent or reserved. None of it was sent. Ask for less, or give a larger budget."
    )


class UnknownPrice(SpendingError):
    """The price of a submission is not known, so a budget in dollars cannot be checked."""

    device: str
    message = (
        "No price is known for {device}, so nothing of this request was sent. Give "
        "unknown_price=allow to the device if you know what it costs; its dollars are then not "
        "counted."
    )


class PlanExceeded(SpendingError):
    """The submissions differ from those that were planned."""

    device: str
    asked: str
    message = (
        "A submission to {device} ({asked}) is not in the plan that is being run; nothing of it "
        "was sent. The function does something else than when it was planned: make a new plan."
    )


class JournalError(QGateError):
    """Parent of errors of journals: stored data are unusable, or do not fit the request."""


class JournalUnreadable(JournalError, OSError):
    """A file is not a journal that this version can read."""

    file: str
    reason: str
    message = (
        "The journal {file} cannot be used: {reason}. Put a copy of it in its place, or name "
        "another file."
    )


class JournalNotWritten(JournalError, OSError):
    """The journal cannot be written at present."""

    file: str
    reason: str
    message = (
        "The journal {file} cannot be written: {reason}. What was written before is kept, and jobs "
        "that were created go on. Free disk space, or allow writing to its folder, and run again."
    )


class JournalFolderMissing(JournalError, FileNotFoundError):
    """The folder of a new journal does not exist."""

    file: str
    folder: str
    message = (
        "There can be no journal {file}: there is no folder {folder}. Make it, for example with "
        "mkdir -p, or name another file."
    )


class OrderDamaged(JournalError):
    """The stored data of an order were changed, or belong to another order."""

    key: str
    what: str
    file: str
    message = (
        "The {what} of the order {key} in the journal {file} is damaged, or that of another order. "
        "It was not used, and nothing was sent. Put a copy of the journal in its place; or give "
        "this order up with 'qgate jobs --journal {file} --forget {key}': the next run then "
        "submits it again, and what it cost stays counted."
    )


class NoSuchOrder(JournalError, LookupError):
    """An order cannot be given up."""

    key: str
    file: str
    reason: str
    message = (
        "The order {key!r} of the journal {file} cannot be given up: {reason}. Give the key, or "
        "enough of its beginning, of an order that is open, done or put aside; "
        "'qgate jobs --key \"\"' shows the keys."
    )


class BudgetChanged(SpendingError):
    """A named budget was used with another limit before."""

    budget: str
    given: str
    stored: str
    file: str
    options: str
    message = (
        "The budget {budget!r} was given as {given}, and the journal {file} has it with {stored}. "
        "Nothing was sent. Give it as it is stored, use another name, or change what is stored "
        "with 'qgate budgets --journal {file} {options} {budget!r}'."
    )


class InvalidRun(JournalError, TypeError, ValueError):
    """A run cannot be opened with these arguments."""

    reason: str
    message = (
        "The run cannot be opened: {reason}. Write for example qg.run('my experiment', "
        "journal='runs.db', budget=qg.Budget(usd=20))."
    )


class RunInUse(JournalError):
    """A run is going on somewhere else."""

    run: str
    file: str
    message = (
        "The run {run!r} of {file} is being used by another process or another block of this "
        "one. Wait until it has ended, or give this run another name."
    )


class RunExists(JournalError):
    """Jobs of a lost journal cannot be recorded in this one."""

    run: str
    file: str
    message = (
        "The journal {file} has a run {run!r} already, whose orders have other keys than the jobs "
        "that were found. Name a new file with --journal to take these over."
    )


class RunDiverged(JournalError):
    """A re-run requests something else than the run did before."""

    run: str
    step: int
    left: int
    message = (
        "The run {run!r} was recorded before, and step {step} asks for something that is not in "
        "the record, while {left} recorded submissions were not asked for yet. Nothing of that "
        "step was sent. If the program was changed, or begins at random without a seed, give the "
        "run another name; if its parts run in no fixed order, open it with "
        "qg.run(..., ordered=False)."
    )


class NotReopenable(JournalError):
    """A submission was sent, and the device cannot reattach to its job."""

    device: str
    job: str
    message = (
        "Job {job} on {device} was sent before the program ended, and this device cannot reopen "
        "jobs. It was not submitted again. Look for it at the provider; to submit it again, give "
        "its order up with 'qgate jobs --forget KEY'."
    )


class CanaryFailed(SpendingError):
    """Canary circuits returned wrong results."""

    device: str
    job: str
    wires: Collection[str]
    message = (
        "Job {job} on {device}: programs with known results were sent along, and read wrong on "
        "the wires {wires}. Its results were put aside and not used. Bits may be in another "
        "order, or qubits dead: choose other qubits or another device. To submit it again as it "
        "is, give its order up with 'qgate jobs --forget KEY'."
    )


class BudgetTooSmall(SpendingError):
    """A budget is too small for the request."""

    budget: str
    reason: str
    message = (
        "{budget} does not pay for this: {reason}. None of it was sent. Give a larger budget, or "
        "ask for fewer things."
    )


class UnsupportedEstimate(QuantumFunctionError):
    """A budget, or an estimate with errors, does not support this return value of a circuit."""

    what: str
    remedy: str
    message = "{what} cannot be estimated from a budget of shots. {remedy}"


class ReservationExceededWarning(UserWarning):
    """A job that is billed by time cost more than was reserved for it."""


class FewShotsWarning(UserWarning):
    """There are more circuits than shots, so the circuits to run are drawn at random."""


class InvalidMitigation(QuantumFunctionError, ValueError):
    """An argument ``mitigation`` is neither a name nor a method."""

    given: str
    known: Collection[str]
    hint: str
    message = (
        "mitigation={given} is neither a name nor a method.{hint} It is one of {known}, or an "
        "object with name, added and mitigated; see docs/mitigation.md."
    )


class InvalidExtrapolation(QuantumFunctionError, ValueError):
    """An option of an extrapolation has a value that it does not accept."""

    option: str
    value: str
    remedy: str
    message = "ZNE(..., {option}={value}) cannot be used. {remedy}"


class UnknownGrouping(QuantumFunctionError, ValueError):
    """No grouping of commuting Pauli words has this name."""

    grouping: object
    known: Collection[str]
    hint: str
    message = "There is no grouping={grouping!r}.{hint} It is one of {known}."

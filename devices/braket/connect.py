"""Creation of a device of Amazon Braket from its name and options."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any, TypeVar

from braket.aws import AwsDevice

from qgate.devices.braket.answers import answered
from qgate.devices.braket.capabilities import read_facts
from qgate.devices.braket.cards import ARNS, card_of, is_simulator, region_of
from qgate.devices.braket.cloud import BraketCloudDevice, CloudOptions, tasks_of
from qgate.devices.braket.device_cost import higher_rate
from qgate.devices.braket.errors import NoAnswer, Told, code_of, meaning, reason_of, translated
from qgate.devices.braket.options import BraketOptions
from qgate.devices.braket.session import Access, NoAccess, access
from qgate.devices.braket.translate import Placing
from qgate.devices.cloud.connection import connecting
from qgate.devices.cloud.remote import TaggedJob
from qgate.devices.cloud.retries import CONNECTING_S, ErrorClass, as_question
from qgate.exceptions import (
    InvalidOption,
    QGateError,
    UnknownDevice,
    WrongResult,
)
from qgate.masking import masked_error
from qgate.shots import Shots
from qgate.wires import Wires

T = TypeVar("T")

MAX_DOWNLOADS = 3
"""Maximum number of attempts to read capabilities that this version of the SDK cannot parse."""


def connect(
    target: str, options: BraketOptions, *, wires: Wires | None, shots: Shots | str
) -> BraketCloudDevice:
    """Request a device's description from Amazon Braket, and create the device.

    Raises
    ------
    InvalidOption
        A seed is given, or wires that must be qubits of the device are not.
    UnknownDevice
        There is no such device in the account's regions.
    AccessRefused, ServiceUnavailable
    """
    name, arn = f"braket:{target}", ARNS.get(target, target)
    chosen = _cloud_options(name, arn, options, wires)
    session = _asked(
        name,
        lambda: access(region_of(arn), profile=options.profile, bucket=options.s3_bucket),
        options.patience_s,
    )
    runner = _runner(name, arn, session, options.patience_s)
    properties = _properties(runner, name)
    card = card_of(arn)
    made = BraketCloudDevice(
        str(runner.arn),
        read_facts(properties),
        session,
        name=name,
        rate=higher_rate(None if card is None else card.rate, properties.service.deviceCost),
        runner=runner,
        options=chosen,
        wires=wires,
        shots=shots,
    )
    advised_ms = properties.service.getTaskPollIntervalMillis
    if advised_ms:
        made.shortest_wait_s = advised_ms / 1000
    return _with_options(made, options)


def from_card(
    target: str,
    options: BraketOptions,
    refusal: QGateError,
    *,
    wires: Wires | None,
    shots: Shots | str,
) -> BraketCloudDevice | None:
    """Create a device from its card, for plans; None: there is no card.

    Parameters
    ----------
    target : str
    options : BraketOptions
    refusal : QGateError
        Error of the request to the service; submissions raise it.
    wires : Wires, optional
    shots : Shots or "default"
    """
    card = card_of(target)
    if card is None:
        return None
    name = f"braket:{target}"
    made = BraketCloudDevice(
        card.arn,
        card.facts,
        NoAccess(refusal),
        name=name,
        rate=card.rate,
        options=_cloud_options(name, card.arn, options, wires),
        wires=wires,
        shots=shots,
    )
    made.origin = card.origin(refusal)
    return _with_options(made, options)


def _cloud_options(
    name: str, arn: str, options: BraketOptions, wires: Wires | None
) -> CloudOptions:
    if options.seed is not None:
        reason = "the device draws its shots itself; leave the seed out"
        raise InvalidOption(text=name, option="seed", value=options.seed, reason=reason)
    placing = _placing(name, arn, options)
    if placing is not Placing.FREE:
        _check_qubits(name, wires)
    return CloudOptions(
        s3_prefix=options.s3_prefix,
        placing=placing,
        tags=options.tags,
        reservation=options.reservation,
    )


def _with_options(made: BraketCloudDevice, options: BraketOptions) -> BraketCloudDevice:
    made.budget_usd, made.unknown_price = options.budget_usd, options.unknown_price
    made.patience_s, made.canary = options.patience_s, options.canary
    if options.poll_s is not None:
        made.shortest_wait_s = options.poll_s
    return made


def _properties(runner: AwsDevice, name: str) -> Any:
    if runner.properties is None:
        reason = "its capabilities are in a form that this amazon-braket-schemas does not know"
        raise WrongResult(device=name, reason=reason)
    return runner.properties


def _placing(name: str, arn: str, options: BraketOptions) -> Placing:
    fixed = options.verbatim or options.disable_qubit_rewiring
    if fixed and is_simulator(arn):
        option = "verbatim" if options.verbatim else "disable_qubit_rewiring"
        reason = "a simulator has no qubits of its own; leave the option out"
        raise InvalidOption(text=name, option=option, value=True, reason=reason)
    if options.verbatim:
        return Placing.VERBATIM
    return Placing.PHYSICAL if fixed else Placing.FREE


def _check_qubits(name: str, wires: Wires | None) -> None:
    """Refuse labels that cannot be a device's qubits."""
    labels = [] if wires is None else list(wires)
    if not all(isinstance(label, int) and label >= 0 for label in labels):
        reason = "they are the device's qubits here, which are numbers"
        raise InvalidOption(text=name, option="wires", value=labels, reason=reason)


def _runner(name: str, arn: str, session: Access, patience_s: float) -> AwsDevice:
    attempts = count(1)

    def found() -> AwsDevice:
        runner = _looked_up(name, arn, session)
        if runner.properties is None and next(attempts) < MAX_DOWNLOADS:
            raise NoAnswer("the answer to GetDevice has no usable capabilities")
        return runner

    return _asked(name, found, patience_s)


def _looked_up(name: str, arn: str, session: Access) -> AwsDevice:
    try:
        return answered("GetDevice", lambda: AwsDevice(arn, aws_session=session.session))
    except NoAnswer as error:
        cause = error.__cause__
        if type(cause) is ValueError and "not found" in str(cause):  # text of the SDK's error
            hint = f" It is not in the region {session.session.region}."
            raise UnknownDevice(
                text=name,
                unknown=arn,
                kind="device of Amazon Braket",
                known=sorted(ARNS),
                hint=hint,
            ) from masked_error(cause)
        raise


def jobs_of(run: str) -> list[TaggedJob]:
    """Return the tasks of all regions with devices that have the tag of a run, oldest first.

    Raises
    ------
    AccessRefused, ServiceUnavailable
    """
    regions = sorted({region for arn in ARNS.values() if (region := region_of(arn))})
    found: dict[str, TaggedJob] = {}
    for region in regions:

        def tasks(region: str = region) -> list[TaggedJob]:
            opened = access(region, profile=None, bucket=None)
            return tasks_of(opened.session.braket_client, run)

        asked = _asked(BraketCloudDevice.provider, tasks, CONNECTING_S)
        found |= {task.id: task for task in asked}
    return sorted(found.values(), key=lambda task: task.created)


def _asked(name: str, call: Callable[[], T], patience_s: float) -> T:
    """Send a request that is needed to create a device, with retries."""

    def refusal(error: Exception) -> QGateError:
        return as_question(translated(error, Told(name, code_of(error), reason_of(error))))

    return connecting(
        name, call, passes=_passes, refusal=refusal, reason=reason_of, patience_s=patience_s
    )


def _passes(error: Exception) -> bool:
    return meaning(error) in (ErrorClass.TRANSIENT, ErrorClass.AMBIGUOUS)

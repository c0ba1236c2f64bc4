"""Creation of a device from its name."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

import numpy as np

from qgate.arrays import framework_of
from qgate.devices.aliases import ADVICE, ALIASES, object_option, resolve_alias
from qgate.devices.base import NOT_IN_IDENTITY, Device, ShotsLike
from qgate.devices.config import DeviceConfig
from qgate.devices.draws import KeyedSeeds
from qgate.devices.plugins import PLUGINS, missing
from qgate.devices.provider import Provider
from qgate.devices.settings import Settings, Written
from qgate.exceptions import (
    AccessRefused,
    DeviceAlreadyMade,
    InvalidOption,
    MissingExtra,
    MissingTarget,
    NotADevice,
    QGateError,
    SeedRefused,
    ServiceUnavailable,
    UnknownDevice,
    UnknownOption,
    UntrustedDevice,
    WireError,
    described,
    near,
    suggest,
)
from qgate.masking import MASK, is_secret, masked_device
from qgate.shots import Shots
from qgate.typing import Tensor, WiresLike
from qgate.wires import Wires

if TYPE_CHECKING:
    from qgate.devices.options import Options

SECRETS_ELSEWHERE = (
    "Leave credentials to the vendor's package: set its environment variables (QISKIT_IBM_TOKEN, "
    "AWS_PROFILE), or save an account"
)

FOR_PLANS = (AccessRefused, ServiceUnavailable)
"""Errors of a service after which a device for plans or an emulation is created from its card."""

NAMES_SHOWN = 12
"""Maximum number of device names in an error message."""


def device(
    name: str | object = None,
    wires: int | WiresLike | None = None,
    *,
    shots: ShotsLike = "default",
    seed: int | Tensor | None = None,
    **options: object,
) -> Device:
    """Create a device.

    A string is ``provider:target?option=value&...``, a device named in a configuration file, or one
    of PennyLane's names. Keyword arguments have precedence over the options of the string, and
    these over the options of a named device. The name itself is taken from the call, else from
    ``QGATE_DEVICE``, else from ``default`` in the project's and then the user's configuration file;
    else it is ``local``.

    If the provider refuses access to a device for which the package has a card, the device is
    created from that card: it supports plans, and submissions raise the provider's refusal.

    Parameters
    ----------
    name : str, Device, or a vendor's device object, optional
        A device is returned unchanged. A vendor's object (for example a Qiskit backend) is wrapped
        by the provider that claims it.
    wires : int or wires, optional
        Number of wires, or their labels; default: the wires of the circuit.
    shots : None, int or sequence, optional
        Shots of a circuit that sets none; None: exact; default: the device's own.
    seed : int or key of jax.random, optional
        Seed of the device's random numbers, for reproducible results. A device with a key can be
        made inside ``jax.jit``, where the key is traced; QNodes on it return arrays of JAX.
    **options
        Further options of the device.

    Returns
    -------
    Device

    Raises
    ------
    MalformedDevice
        The string does not follow the grammar.
    UnknownDevice, MissingTarget
        No installed provider, or no device of it, has this name; or no device was named.
    UnknownOption, InvalidOption
        The device has no such option, or its value is invalid.
    MissingExtra
        A package that the device needs is not installed.
    InvalidConfigFile, DeviceLoop
        A configuration file is invalid, or named devices refer to each other in a loop.
    NotADevice, DeviceAlreadyMade
        The object is not a device; or it is a device, and more arguments are given with it.

    Examples
    --------
    >>> device("local", wires=2, shots=100)
    <qgate device 'local': wires=2, shots=100>
    >>> device("default.qubit?shots=50", wires=["a", "b"])
    <qgate device 'local': wires=2, shots=50>
    """
    framework = framework_of(seed)
    if framework is not None and framework.name == "jax":
        made = device(name, wires, shots=shots, **options)
        if not made.capabilities.call_seeds:
            raise SeedRefused(device=made.name)
        made.keyed_seeds = KeyedSeeds(seed)
        return made
    if seed is not None:
        options["seed"] = seed
    if isinstance(name, Device):
        return _as_it_is(name, wires=wires, shots=shots, options=options)
    if (option := object_option(name, options)) is not None:
        name = options.pop(option)
    if name is None or isinstance(name, str | DeviceConfig):
        return _from_name(name, wires=wires, shots=shots, options=options)
    return _from_object(name, wires=wires, shots=shots, options=options)


def device_for_plan(name: str) -> Device:
    """Create a device for planning only; also from its card if its service is unavailable.

    Parameters
    ----------
    name : str
        As for ``device``, which uses the card only if access is refused.
    """
    return _from_name(name, wires=None, shots="default", options={}, refusals=FOR_PLANS)


def _as_it_is(
    made: Device, *, wires: int | WiresLike | None, shots: ShotsLike, options: Mapping[str, object]
) -> Device:
    given = [*(["wires"] if wires is not None else []), *options]
    given += [] if _is_default(shots) else ["shots"]
    if given:
        raise DeviceAlreadyMade(device=made, arguments=given)
    return made


def _from_object(
    candidate: object,
    *,
    wires: int | WiresLike | None,
    shots: ShotsLike,
    options: Mapping[str, object],
) -> Device:
    provider = PLUGINS.claiming(candidate)
    kind = f"{type(candidate).__module__}.{type(candidate).__qualname__}"
    if provider is None:
        raise NotADevice(type_name=kind, known=PLUGINS.names())
    checked = _checked(provider.options, options, text=kind)
    made = provider.make_from_object(
        candidate,
        _without_seed(checked),
        wires=_wires(checked, wires, text=kind),
        shots=_shots(checked, shots),
    )
    made = _completed(made, checked)
    if made.config is None:
        made.distinct = _distinct(provider.name, made.name, options)
    return made


def _from_name(
    name: str | DeviceConfig | None,
    *,
    wires: int | WiresLike | None,
    shots: ShotsLike,
    options: Mapping[str, object],
    refusals: tuple[type[QGateError], ...] = (AccessRefused,),
) -> Device:
    settings = Settings.current()
    written = settings.default if name is None else Written(str(name))
    reserved = {*PLUGINS.names(), *ALIASES} if settings.devices else ALIASES.keys()
    config, text = settings.resolve(written, reserved)
    _refuse_secrets(config, text=text)
    text = masked_device(text) if config.options else text
    everything = {**dict(config.options), **options}
    provider_name, target, everything = resolve_alias(config, everything)
    provider = PLUGINS.provider(provider_name)
    if provider is None:
        raise _unknown_provider(provider_name, settings, text=text)
    checked = _checked(provider.options, everything, text=text) if everything else None
    target = _target(provider, target, text=text)
    if not provider.may_stand_in_file(target) and settings.comes_from_file(written, reserved):
        raise UntrustedDevice(text=text, module=target.partition("/")[0])
    labels, asked = _wires(checked, wires, text=text), _shots(checked, shots)
    used = _without_seed(checked)
    if used is not checked:
        refusals = FOR_PLANS
    try:
        made = _made(provider, target, used, wires=labels, shots=asked)
    except refusals as refusal:
        given = used or provider.options()
        carded = provider.make_from_card(target, given, refusal, wires=labels, shots=asked)
        if carded is None:
            raise
        made = carded
    made = _completed(made, checked)
    made.config = _written(provider_name, target, {**everything, **_given(wires, shots)})
    if made.config is None:
        made.distinct = _distinct(provider_name, target, everything)
    return made


def _made(
    provider: Provider,
    target: str,
    options: Options | None,
    *,
    wires: Wires | None,
    shots: Shots | str,
) -> Device:
    if options is None:
        return provider.make_without_options(target, wires=wires, shots=shots)
    return provider.make(target, options, wires=wires, shots=shots)


def _emulate(options: Options | None) -> str | None:
    """Return the option ``emulate`` of devices that have it."""
    return getattr(options, "emulate", None)


def _without_seed(options: Options | None) -> Options | None:
    """Return the options of the device that is emulated: the seed is that of the emulation."""
    if options is None or _emulate(options) is None:
        return options
    return options.model_copy(update={"seed": None})


def _completed(made: Device, options: Options | None) -> Device:
    """Return a device, or its emulation, with the mitigation that its options name."""
    if options is None:
        return made
    chosen = _emulate(options)
    if chosen is not None:
        from qgate.devices.emulation.device import EmulatedDevice  # few devices are emulated

        made = EmulatedDevice(made, emulate=chosen, seed=options.seed)
    if options.mitigation is not None:
        made.mitigation = options.mitigation
    return made


def _refuse_secrets(config: DeviceConfig, *, text: str) -> None:
    """Refuse credentials in a string or a configuration file."""
    for name in config.secrets:
        reason = (
            "it holds a credential, and the string of a device is written into journals, plans and "
            f"logs. {SECRETS_ELSEWHERE}; or give it to qg.device as an argument, if the device "
            "takes it"
        )
        raise InvalidOption(text=masked_device(text), option=name, value=MASK, reason=reason)


def _given(wires: int | WiresLike | None, shots: ShotsLike) -> dict[str, object]:
    """Return the arguments given apart from a string, as options; a text is one label of a wire."""
    labels = [wires] if isinstance(wires, str) else wires
    given = {} if wires is None else {"wires": labels}
    return given if _is_default(shots) else {**given, "shots": "none" if shots is None else shots}


def _written(provider: str, target: str, options: Mapping[str, object]) -> str | None:
    """Return the device string with these options; None if one of them cannot be part of a string.

    Secrets cannot, because the string is stored and displayed.
    """
    if not all(isinstance(value, str | int | float | np.integer) for value in options.values()):
        return None
    texts = tuple((name, str(value)) for name, value in options.items())
    config = DeviceConfig(provider=provider, target=target, options=texts)
    return None if config.secrets else str(config)


def _distinct(provider: str, target: str, options: Mapping[str, object]) -> str | None:
    """Return a text with the options that change results; None: there are none.

    No device can be created from it, since options may be objects; secrets are left out.
    """
    texts = {
        name: ",".join(map(_text_of, value)) if isinstance(value, list | tuple) else _text_of(value)
        for name, value in options.items()
        if name not in NOT_IN_IDENTITY and value is not None
    }
    told = tuple((name, text) for name, text in texts.items() if text)
    config = DeviceConfig(provider=provider, target=target, options=told)
    kept = tuple(option for option in told if option[0] not in config.secrets)
    return str(DeviceConfig(provider=provider, target=target, options=kept)) if kept else None


def _text_of(value: object) -> str:
    """Return the text of an option; of an object without one, a description."""
    try:
        return str(value)
    except Exception:  # objects of users may raise anything
        return described(value)


def _target(provider: Provider, named: str | None, *, text: str) -> str:
    """Return a target that can be created here."""
    target = provider.default_target if named is None else named
    if target is None:
        choices = few(sorted(provider.targets()))
        remedy = f"Write {provider.name}:TARGET; the targets are {', '.join(choices)}."
        raise MissingTarget(text=text, remedy=remedy)
    lacking = missing(provider.requirements(target))
    if lacking is not None:
        raise MissingExtra(what=text, package=lacking.package, extra=lacking.extra)
    if not provider.accepts(target):
        known = sorted(provider.targets())
        hint = suggest(target, known)
        first = [*near(target, known), *known]
        raise UnknownDevice(text=text, unknown=target, kind="device", known=few(first), hint=hint)
    return target


def _unknown_provider(name: str, settings: Settings, *, text: str) -> UnknownDevice:
    names = [*PLUGINS.names(), *settings.devices]
    hint = ADVICE.get(name) or suggest(name, [*names, *ALIASES])
    kind = "provider or named device"
    return UnknownDevice(text=text, unknown=name, kind=kind, known=names, hint=hint)


def few(names: Collection[str]) -> list[str]:
    """Return the first distinct names, and the number of further ones."""
    distinct = list(dict.fromkeys(names))
    more = len(distinct) - NAMES_SHOWN
    return distinct if more <= 0 else [*distinct[:NAMES_SHOWN], f"and {more} more"]


def _checked(options: type[Options], given: Mapping[str, object], *, text: str) -> Options:
    """Validate options and convert them to their types."""
    from pydantic import ValidationError

    try:
        return options.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
    option = str(first["loc"][0]) if first["loc"] else ", ".join(given)
    if first["type"] == "extra_forbidden":
        known = sorted(options.model_fields)
        hint = _advice(options, option) or suggest(option, known)
        raise UnknownOption(text=text, option=option, known=known, hint=hint)
    reason = first["msg"].removeprefix("Value error, ")
    raise InvalidOption(
        text=text,
        option=option,
        value=given.get(option),
        reason=f"{reason[:1].lower()}{reason[1:]}",
    )


def _advice(options: type[Options], option: str) -> str:
    """Return advice on an unknown option; empty: there is none."""
    if is_secret(option):
        return f" {SECRETS_ELSEWHERE}."
    advice = options.advice.get(option)
    return "" if advice is None else f" {advice}"


def _is_default(shots: ShotsLike) -> bool:
    return isinstance(shots, str) and shots == "default"


def _shots(options: Options | None, shots: ShotsLike) -> Shots | str:
    """Return the shots of the call, else of the string, else ``"default"``."""
    if not _is_default(shots):
        return Shots.of(shots)
    if options is None or "shots" not in options.model_fields_set:
        return "default"
    return Shots.of(options.shots)


def _wires(options: Options | None, wires: int | WiresLike | None, *, text: str) -> Wires | None:
    """Return the wires of the call, else of the string, else None."""
    asked = options.wires if wires is None and options is not None else wires
    if not isinstance(asked, int | np.integer):
        return None if asked is None else Wires(asked)
    try:
        return Wires.counted(int(asked))
    except WireError as error:
        raise InvalidOption(
            text=text, option="wires", value=asked, reason=str(error)[:-1]
        ) from None

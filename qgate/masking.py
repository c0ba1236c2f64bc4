"""Masking of credentials in messages of vendors and input of users, before anybody reads them.

Two kinds of text are replaced by ``***``: values that are known to be secret (those of environment
variables with such names, and those passed to ``learn``), and values in places of secrets
(``token=...``, ``Authorization: Bearer ...``, signed addresses, names and passwords in addresses,
keys of AWS, JSON web tokens).
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple

MASK = "***"

SHORTEST = 8
"""Shorter known values are not searched for: they could be ordinary words."""

SUSPECT = (
    "token",
    "secret",
    "pass",
    "pwd",
    "key",
    "cred",
    "sign",
    "auth",
    "bearer",
    "jwt",
    "://",
    "eyj",
)
"""Lower-case markers: each place of a secret contains one, and most texts contain none."""

ACCESS_KEY = ("AKIA", "ASIA")
"""Prefix of AWS's keys."""

DEEPEST = 6
"""Containers nested deeper than this are not searched."""

_learned: set[str] = set()


class _Patterns(NamedTuple):
    """Patterns of places of secrets; compiled at first use, which takes 15 ms."""

    named: re.Pattern[str]
    announced: re.Pattern[str]
    in_address: re.Pattern[str]
    alone: re.Pattern[str]
    option: re.Pattern[str]
    random_value: re.Pattern[str]
    whole_name: re.Pattern[str]
    variable: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    secret = (
        r"(?:token|secret|passw(?:or)?d|passphrase|pwd|api[_-]?key|access[_-]?key"
        r"|private[_-]?key|session[_-]?key|credentials?|signature|authorization|jwt)"
    )
    harmless = r"(?:client|next|qgate|idempotency|page)[_-]?token"  # they identify a request
    name = rf"(?<![\w-])(?!{harmless})[\w-]*?{secret}(?:[_-]?\w+)?"
    between = r"[\"']?\s*(?:=>|=|:|%3D)\s*[\"']?(?:(?:bearer|basic|apikey|token)\s+)?"
    return _Patterns(
        named=re.compile(rf"({name}{between})([^\s&\"',;)\]}}>]+)", re.IGNORECASE),
        announced=re.compile(r"\b(bearer|apikey)([ =:]+)([^\s\"',}]+)", re.IGNORECASE),
        in_address=re.compile(r"(://)[^/\s@\"']+@"),
        alone=re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b|\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?"),
        option=re.compile(rf"([?&]\s*(?:{name}|key|auth|pass)=)[^&]+", re.IGNORECASE),
        random_value=re.compile(
            r"([?&][^=&]*=)(?=[^&]*[a-z])(?=[^&]*[A-Z])(?=[^&]*\d)[\w+/=.~-]{20,}(?=&|$)"
        ),
        whole_name=re.compile(
            rf"(?!{harmless})[\w-]*{secret}(?:[_-]?\w+)?|key|auth|pass", re.IGNORECASE
        ),
        variable=re.compile(
            r"TOKEN|SECRET|PASSW|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIAL", re.IGNORECASE
        ),
    )


def learn(*values: str | None) -> None:
    """Register secrets, so that they are masked wherever they occur."""
    _learned.update(value for value in values if value and len(value) >= SHORTEST)


def is_secret(name: object) -> bool:
    """Return whether a name, of an option for example, denotes a secret."""
    if not isinstance(name, str) or not _is_suspect(name):
        return False
    return _patterns().whole_name.fullmatch(name) is not None


def masked(text: str) -> str:
    """Return a text with its credentials masked.

    >>> masked("GET https://me:pass@host/a?X-Amz-Signature=abc&b=1: apikey k1 has expired")
    'GET https://***@host/a?X-Amz-Signature=***&b=1: apikey *** has expired'
    """
    return _masked(text, _known())


def _masked(text: str, known: Collection[str]) -> str:
    for value in known if len(text) >= SHORTEST else ():
        text = text.replace(value, MASK)
    if not _is_suspect(text):
        return text
    patterns = _patterns()
    text = patterns.named.sub(rf"\1{MASK}", text)
    text = patterns.announced.sub(rf"\1\2{MASK}", text)
    text = patterns.in_address.sub(rf"\1{MASK}@", text)
    return patterns.alone.sub(MASK, text)


def _is_suspect(text: str) -> bool:
    small = text.lower()
    return any(word in small for word in SUSPECT) or any(word in text for word in ACCESS_KEY)


def masked_device(text: str) -> str:
    """Return the string of a device with the values of secret options masked.

    Values that look like a key, long and of mixed letters and digits, are masked as well: the name
    of their option may be misspelt.

    >>> masked_device("ibm:ibm_torino?token=one two&shots=10")
    'ibm:ibm_torino?token=***&shots=10'
    """
    patterns = _patterns()
    named = patterns.option.sub(rf"\1{MASK}", text)
    return masked(patterns.random_value.sub(rf"\1{MASK}", named))


def masked_value(value: Any) -> Any:
    """Return a value with the texts in it masked; other objects are returned unchanged."""
    return _masked_value(value, _known(), DEEPEST)


def _masked_value(value: Any, known: Collection[str], depth: int) -> Any:
    if isinstance(value, str):
        return _masked(value, known)
    if isinstance(value, bytes):
        return _masked(value.decode(errors="replace"), known).encode()
    if depth == 0:
        return value
    if isinstance(value, Mapping):
        hidden = {
            key: MASK if is_secret(key) else _masked_value(item, known, depth - 1)
            for key, item in value.items()
        }
        return hidden if hidden != dict(value) else value
    if type(value) not in (list, tuple, set, frozenset):
        return value  # no container, or a user's class with an unknown constructor
    items = [_masked_value(item, known, depth - 1) for item in value]
    changed = any(new is not old for new, old in zip(items, value, strict=True))
    return type(value)(items) if changed else value


def masked_error(error: BaseException) -> BaseException:
    """Mask the text and the attributes of an error and of its causes; return the error.

    Errors of HTTP clients hold the request that failed, with its headers.
    """
    for each in _chain(error):
        _mask_error(each)
    return error


def _mask_error(error: BaseException) -> None:
    error.args = tuple(map(masked_value, error.args))
    for name, value in list(getattr(error, "__dict__", {}).items()):
        hidden = masked_value(value)
        if hidden is not value:
            _set(error, name, hidden)
    for holder in (error, getattr(error, "response", None), getattr(error, "http_response", None)):
        request = getattr(holder, "request", None)
        for name in ("headers", "url", "body"):
            value = getattr(request, name, None)
            if isinstance(value, str | bytes | Mapping):
                _set(request, name, masked_value(_plain(value)))


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value


def _set(holder: Any, name: str, value: Any) -> None:
    try:
        setattr(holder, name, value)
    except (AttributeError, TypeError):  # read-only attributes, which no text is made of
        return


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error, its causes and the errors that it was raised while handling."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        current = waiting.pop()
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        waiting += [current.__cause__, current.__context__]


def _known() -> Collection[str]:
    """Return the known secrets, the longest first, also in URL-encoded form."""
    found = _learned | _of_environment()
    if found:
        from urllib.parse import quote

        found |= {quote(value, safe="") for value in found}
    return sorted(found, key=len, reverse=True)


_environment: tuple[Mapping[Any, Any], frozenset[str]] = {}, frozenset()
"""The environment at the last read, and the secrets in it."""


def _of_environment() -> frozenset[str]:
    """Return the values of environment variables whose names denote secrets.

    ``os.environ`` decodes variables one by one, so it is read again only if it has changed.
    """
    global _environment
    now = getattr(os.environ, "_data", None) or dict(os.environ)
    before, secrets = _environment
    if now != before:
        secrets = frozenset(
            value
            for name, value in os.environ.items()
            if _is_secret_variable(name) and len(value) >= SHORTEST
        )
        _environment = dict(now), secrets
    return secrets


@lru_cache(maxsize=4096)
def _is_secret_variable(name: str) -> bool:
    return _is_suspect(name) and _patterns().variable.search(name) is not None

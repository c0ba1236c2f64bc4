"""A plan as a table of text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from qgate.text_table import broken, table_lines

if TYPE_CHECKING:
    from qgate.jobs.planning import Plan, PlannedSubmission, PriorErrors, RehearsedValues
    from qgate.prices import Price

T = TypeVar("T")

HEAD = ("request", "device", "submissions", "circuits", "rows", "shots", "price")

MOST_LINES = 20
"""Maximum number of requests that are listed."""

MOST_ERRORS = 5
"""Maximum number of different standard errors that are listed."""


def table(plan: Plan[T]) -> str:
    """Return a table with a line for each request, and the total."""
    steps: dict[tuple[int, str], list[PlannedSubmission]] = {}
    for entry in plan.entries:
        steps.setdefault((entry.step, entry.device), []).append(entry)
    lines = [_line(str(step), device, entries) for (step, device), entries in steps.items()]
    more = len(lines) - MOST_LINES
    if more > 0:
        lines = [*lines[:MOST_LINES], (f"and {more} more", "", "", "", "", "", "")]
    rows = [*lines, _line("in all", "", plan.entries, price=plan.price)]
    notes = list(dict.fromkeys(map(_expected, plan.prior_errors)))[:MOST_ERRORS]
    notes += [line for each in plan.rehearsed for line in _rehearsed(each)][:MOST_ERRORS]
    if plan.budget is not None:
        notes.append(f"allowed: {plan.budget}")
    notes += [f"{device}: {source}" for device, source in plan.sources.items()]
    shown = table_lines(HEAD, rows, left=HEAD[:2], rule=True, keep=HEAD)
    return "\n".join([*shown, *broken(notes)])


def _rehearsed(values: RehearsedValues) -> list[str]:
    """Return a text for each value of a request on an emulated device."""
    return [
        f"value {noisy:.4f}, {ideal:.4f} without noise: error by noise {abs(noisy - ideal):.2g}, "
        f"by shots {error:.2g}"
        for ideal, noisy, error in zip(values.ideal, values.noisy, values.shot_errors, strict=True)
    ]


def comparison(plans: Mapping[str, Plan[T]]) -> str:
    """Return a table of the first value and the price of plans on emulated devices, by name."""
    head = ("device", "price", "value", "error by noise", "by shots")
    rows: list[tuple[str, ...]] = []
    exact: dict[str, tuple[str, ...]] = {}
    for name, plan in plans.items():
        price = "unknown" if plan.price is None else str(plan.price)
        first = plan.rehearsed[0] if plan.rehearsed and plan.rehearsed[0].ideal else None
        if first is None:
            rows.append((name, price, "none", "", ""))
            continue
        ideal, noisy, error = first.ideal[0], first.noisy[0], first.shot_errors[0]
        exact[f"{ideal:.4f}"] = ("without noise", "", f"{ideal:.4f}", "", "")
        rows.append((name, price, f"{noisy:.4f}", f"{abs(noisy - ideal):.2g}", f"{error:.2g}"))
    lines = table_lines(head, [*rows, *exact.values()], left=head[:1], rule=True, keep=head)
    return "\n".join(lines)


def _expected(errors: PriorErrors) -> str:
    """Return a text on expected standard errors."""
    named = {"values": errors.values, "derivatives": errors.derivatives}
    parts = [f"{name} {_range(found)}" for name, found in named.items() if found]
    return f"expected standard errors before any measurement: {', '.join(parts)}"


def _range(errors: Sequence[float]) -> str:
    low, high = f"{min(errors):.2g}", f"{max(errors):.2g}"
    return low if low == high else f"{low} to {high}"


def _line(
    name: str, device: str, entries: Sequence[PlannedSubmission], *, price: Price | None = None
) -> tuple[str, ...]:
    total = price
    if device:
        prices = [entry.price for entry in entries]
        known = [each for each in prices if each is not None]
        total = sum(known[1:], known[0]) if len(known) == len(prices) else None
    return (
        name,
        device,
        str(len(entries)),
        str(sum(entry.circuits for entry in entries)),
        str(sum(entry.rows for entry in entries)),
        str(sum(entry.shots for entry in entries)),
        "unknown" if total is None else str(total),
    )

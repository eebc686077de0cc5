"""Budgets are compared without rounding, and said as people say amounts."""

from __future__ import annotations

from decimal import Decimal

import pytest

from masterplan.budgets import Budget, Spent, amount


@pytest.mark.parametrize(
    ("budget", "spent", "said"),
    [
        (Budget(), Spent(Decimal(1000), 10**9), None),
        (Budget(usd=Decimal(5)), Spent(Decimal("4.999999"), 10), None),
        (Budget(usd=Decimal(5)), Spent(Decimal(5), 10), "5.00 USD is spent (5.00 USD)"),
        (Budget(tokens=1000), Spent(tokens=999), None),
        (Budget(tokens=1000), Spent(tokens=1000), "1,000 tokens is spent (1,000 tokens)"),
        (
            Budget(Decimal(1), 10),
            Spent(Decimal("0.5"), 11),
            "10 tokens is spent (11 tokens)",
        ),
    ],
)
def test_a_budget_is_exhausted_by_what_reaches_it(
    budget: Budget, spent: Spent, said: str | None
) -> None:
    assert budget.exhausted_by(spent) == said


def test_amounts_have_cents_and_no_more_digits_than_they_need() -> None:
    written = [amount(Decimal(each)) for each in ("5", "0.5", "10.250000", "0.000021", "100")]

    assert written == ["5.00", "0.50", "10.25", "0.000021", "100.00"]


def test_a_budget_says_what_it_is() -> None:
    assert str(Budget(Decimal(5), 1000)) == "5.00 USD and 1,000 tokens"
    assert str(Budget()) == "unlimited"

"""Whether a budget still allows a request to a model, decided without any I/O."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Spent:
    """What was used: US dollars as far as prices are known, tokens read and written."""

    usd: Decimal = Decimal(0)
    tokens: int = 0

    def __add__(self, other: Spent) -> Spent:
        return Spent(self.usd + other.usd, self.tokens + other.tokens)


@dataclass(frozen=True, slots=True)
class Budget:
    """What may be used; None where nothing limits it."""

    usd: Decimal | None = None
    tokens: int | None = None

    def exhausted_by(self, spent: Spent) -> str | None:
        """Say which part of the budget is used up, with how much; None where none is."""
        if self.usd is not None and spent.usd >= self.usd:
            return f"{amount(self.usd)} USD is spent ({amount(spent.usd)} USD)"
        if self.tokens is not None and spent.tokens >= self.tokens:
            return f"{self.tokens:,} tokens is spent ({spent.tokens:,} tokens)"
        return None

    def __str__(self) -> str:
        parts = [f"{amount(self.usd)} USD"] if self.usd is not None else []
        parts += [f"{self.tokens:,} tokens"] if self.tokens is not None else []
        return " and ".join(parts) or "unlimited"


def amount(usd: Decimal) -> str:
    """Write an amount as people do: at least cents, and no zeros after them."""
    cents = Decimal("0.01")
    plain = usd.normalize()
    return f"{usd.quantize(cents) if plain == plain.quantize(cents) else plain:f}"

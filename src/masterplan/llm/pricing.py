"""What a use of a model costs, from the published prices of the providers."""

from __future__ import annotations

from decimal import Decimal

from genai_prices import calc_price
from pydantic_ai.usage import RunUsage

from masterplan.llm.catalog import LOCAL


def cost_of(name: str, usage: RunUsage) -> Decimal:
    """Return the price in US dollars; 0 for the embedded model and where no price is known."""
    if name == LOCAL:
        return Decimal(0)
    provider, _, model = name.partition(":")
    try:
        return calc_price(usage, model, provider_id=provider).total_price
    except LookupError:
        return Decimal(0)

"""What a use of a model costs, from the published prices of the providers."""

from __future__ import annotations

from decimal import Decimal

from genai_prices import calc_price
from pydantic_ai.usage import RequestUsage, RunUsage

from masterplan.llm.catalog import LOCAL

SMALLEST_AMOUNT = Decimal("0.000001")


def cost_of(name: str, usage: RequestUsage | RunUsage) -> Decimal | None:
    """Return the price in US dollars: 0 for the embedded model, None where it is not known."""
    provider, _, model = name.partition(":")
    if provider == LOCAL:
        return Decimal(0)
    try:
        price = calc_price(usage, model, provider_id=provider).total_price
    except LookupError:
        return None
    return price.quantize(SMALLEST_AMOUNT)


def cost_of_tokens(name: str, tokens_input: int, tokens_output: int) -> Decimal | None:
    """Return the price in US dollars of that many tokens, or None where it is not known."""
    return cost_of(name, RequestUsage(input_tokens=tokens_input, output_tokens=tokens_output))

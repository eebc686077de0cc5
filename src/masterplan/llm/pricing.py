"""What a use of a model costs: by the operator's own prices, else by the published ones."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from genai_prices import calc_price
from pydantic_ai.usage import RequestUsage, RunUsage

from masterplan.llm.catalog import LOCAL
from masterplan.settings import TokenPrice

SMALLEST_AMOUNT = Decimal("0.000001")
MILLION = 1_000_000
_VARIANT = re.compile(r"(?<=^openai|^google)-.*")


class Prices:
    """The prices of models; those `given`, by `provider:model`, are believed first."""

    def __init__(self, given: Mapping[str, TokenPrice] | None = None) -> None:
        self._given = {_plain(name): price for name, price in (given or {}).items()}

    def cost_of(self, name: str, usage: RequestUsage | RunUsage) -> Decimal | None:
        """Return the price in US dollars: 0 for the embedded model, None where it is not known."""
        provider, _, model = name.partition(":")
        if provider == LOCAL:
            return Decimal(0)
        if price := self._given.get(_plain(name)):
            cost = price.input * usage.input_tokens + price.output * usage.output_tokens
            return (cost / MILLION).quantize(SMALLEST_AMOUNT)
        try:
            published = calc_price(usage, model, provider_id=provider).total_price
        except LookupError:
            return None
        return published.quantize(SMALLEST_AMOUNT)

    def cost_of_tokens(self, name: str, tokens_input: int, tokens_output: int) -> Decimal | None:
        """Return the price in US dollars of that many tokens, or None where it is not known."""
        usage = RequestUsage(input_tokens=tokens_input, output_tokens=tokens_output)
        return self.cost_of(name, usage)


def _plain(name: str) -> str:
    """Name a model without the way it is asked: `openai-chat:m` and `openai:m` cost the same."""
    provider, _, model = name.partition(":")
    return f"{_VARIANT.sub('', provider)}:{model}"

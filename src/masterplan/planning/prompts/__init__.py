"""The words put to the model, as text files: they read as prose and ship as they are."""

from importlib.resources import files
from string import Template


def render(name: str, **values: str) -> str:
    """Fill in the prompt `name`. Raises KeyError where a value that it needs is missing."""
    text = files(__name__).joinpath(f"{name}.md").read_text("utf-8")
    return Template(text).substitute(values).strip()

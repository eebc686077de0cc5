"""Runs these tests on the real application."""

from support.fixtures import client, settings

__all__ = ["client", "settings"]

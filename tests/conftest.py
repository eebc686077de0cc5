"""The databases that tests run on."""

from support.fixtures import (
    backend,
    database,
    database_url,
    empty_database_url,
    postgres,
    postgres_url,
    pytest_generate_tests,
)

__all__ = [
    "backend",
    "database",
    "database_url",
    "empty_database_url",
    "postgres",
    "postgres_url",
    "pytest_generate_tests",
]

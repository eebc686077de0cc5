"""What holds secrets is known by its name or by what is in it; ordinary code is not."""

from __future__ import annotations

import pytest

from masterplan.discovery.secrets import holds_secret, is_secret_name

TOKEN = "ghp_" + "a1B2" * 9


@pytest.mark.parametrize(
    "path",
    [
        ".env",
        "deploy/.env.production",
        "server.PEM",
        "ssh/id_rsa",
        "home/.ssh/config",
        "credentials.json",
        "config/Credentials.yml",
        "gcp-credentials-prod.json",
        ".npmrc",
        "web/.npmrc",
        ".aws/config",
        "terraform.tfstate.backup",
        "secrets/values.yaml",
    ],
)
def test_files_of_secrets_are_known_by_name(path: str) -> None:
    assert is_secret_name(path)


@pytest.mark.parametrize(
    "path", ["README.md", "src/environment.py", "keys.py", "src/tokenizer.py", "tests/test_env.py"]
)
def test_ordinary_files_are_not(path: str) -> None:
    assert not is_secret_name(path)


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN RSA PRIVATE KEY-----\n",
        f"use {TOKEN} to push",
        "aws = 'AKIA" + "ABCDEFGH12345678'",
        "API_KEY=9f8e7d6c5b4a39281706",
        '"password": "Tr0ub4dor3Tr0ub4dor3"',
        "postgresql://app:hunter22@db.internal/app",
        "//registry.example/:_authToken=whatever",
        "sk-proj-" + "A1b2" * 8,
    ],
)
def test_texts_with_keys_are_known(text: str) -> None:
    assert holds_secret(text)


@pytest.mark.parametrize(
    "text",
    [
        "token = base64.b64encode(header)",
        "def refresh_token(session: Session) -> AccessToken: ...",
        "password: str = Field(min_length=16)",
        "Set API_KEY=your-api-key-goes-here",
        "postgresql://user:password@host/database",
        "op.f('pk_masterplan_sources_masterplan_id')",
    ],
)
def test_code_and_placeholders_are_not_taken_for_keys(text: str) -> None:
    assert not holds_secret(text)


@pytest.mark.parametrize("piece", ["token", "eyJ-", "sk-", "://a:", "secret "])
@pytest.mark.timeout(20)
def test_no_text_keeps_the_search_busy(piece: str) -> None:
    assert not holds_secret(piece * (128 * 1024 // len(piece)))

"""Which files may hold secrets, by their names and by what is in them.

Such a file is left out whole: neither its name nor a line of it reaches a model, the database or a
log. Too much is left out rather than too little; a plan can do without a file, nobody can take back
a key that was sent.
"""

from __future__ import annotations

import re

from pathspec import GitIgnoreSpec

_NAMES = GitIgnoreSpec.from_lines(
    """\
.env
.env.*
*.env
.envrc
*.pem
*.key
*.p8
*.p12
*.pfx
*.jks
*.keystore
*.kdbx
*.ppk
*.asc
*.gpg
*.ovpn
*.mobileprovision
id_rsa*
id_dsa*
id_ecdsa*
id_ed25519*
credentials
credentials.*
*credentials*.json
*credentials*.y*ml
client_secret*
service[-_]account*.json
secret
secret.*
secrets
secrets.*
*.secret
*.secrets
*.secrets.*
.secrets/
.npmrc
.yarnrc
.yarnrc.yml
.pypirc
.netrc
_netrc
.htpasswd
.pgpass
.my.cnf
.git-credentials
.dockercfg
.docker/config.json
.aws/
.azure/
.ssh/
.gnupg/
.kube/
kubeconfig*
*.tfstate
*.tfstate.*
*.tfvars
*.tfvars.json
token
*.token
wallet.dat
""".splitlines()
)

# Every repetition is bounded: nobody's text may keep a process busy.
_CONTENT = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY"
    r"|\b(AKIA|ASIA)[A-Z0-9]{16}\b"
    r"|\bgh[pousr]_\w{30,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{16,}"
    r"|\bxox[abeoprs]-[\w-]{10,}"
    r"|\b(sk|rk|pk)[-_](?=[\w-]{0,200}\d)(?=[\w-]{0,200}[A-Z])[\w-]{20}"
    r"|\bAIza[\w-]{30,}|\bya29\.[\w-]{20,}"
    r"|\bnpm_\w{30,}|\bpypi-Ag\w{20,}|\bhf_\w{30,}"
    r"|\beyJ[\w-]{10,2000}\.eyJ[\w-]{10,2000}\."
    r"|_authToken\s*="
    r"|://[^\s/:@'\"]{1,200}:(?!(password|passwd|pass|secret|token|x+|\*+|\.+)@)[^\s/@'\"{}$<>]{3,200}@"
)

_ASSIGNMENT = re.compile(
    r"(?i)(api[_-]?key|access[_-]?key|secret|token|passw(or)?d|passphrase)\w{0,60}[\"']?"
    r"\s{0,20}(:=|=>|[:=])\s{0,20}[\"']?(?P<value>[A-Za-z0-9+/_=-]{16,})"
)


def is_secret_name(path: str) -> bool:
    """Tell whether a file of this name is one that holds secrets."""
    return _NAMES.match_file(path.lower())


def holds_secret(text: str) -> bool:
    """Tell whether a text holds what looks like a key, a password or a token."""
    if _CONTENT.search(text):
        return True
    return any(_is_random(found["value"]) for found in _ASSIGNMENT.finditer(text))


def _is_random(value: str) -> bool:
    """A name of code is words; a key has letters and digits mixed."""
    return bool(re.search(r"\d", value) and re.search(r"[A-Za-z]", value))

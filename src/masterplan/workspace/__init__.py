"""A plan's files: where they are safe to be, how they change, and where commands on them run.

`files` reads and writes beneath a directory that an agent could have tampered with, `git` holds
the result and publishes to it, `sandbox` runs commands that nobody has reason to trust.
"""

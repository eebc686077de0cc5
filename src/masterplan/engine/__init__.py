"""Durable execution: what happens to a plan's tasks once it runs, whatever crashes meanwhile.

`durable` puts the parts together, `dispatcher` settles attempts and starts new ones, a turn
(`turns`) at a time; `attempts` takes each through its steps, which `attempt_runner` and `proof` do.
"""

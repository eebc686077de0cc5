"""Durable execution: what happens to a plan's tasks once it runs, whatever crashes meanwhile.

`durable` maps attempts to workflows, `dispatcher` starts them, `attempt_runner` does their work,
`transitions` enters what came of it.
"""

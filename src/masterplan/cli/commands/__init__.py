"""The commands' names, arguments and help, a module per group.

Nothing else is imported until a command runs, so that `masterplan --help` answers at once.
"""

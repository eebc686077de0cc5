"""Measures how often a goal or a task becomes code that does what was asked, beside other ways."""

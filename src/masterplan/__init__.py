"""A goal becomes a plan, a person approves it, agents build it, every task is proven."""

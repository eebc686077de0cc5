"""Who does a task's work: the agents, and the orchestrator that hands tasks to them."""

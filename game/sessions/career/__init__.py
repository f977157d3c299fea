"""A session player's working life: calls, the job that is on, and what comes of it."""

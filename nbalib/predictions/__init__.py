"""A decision, a message and a likelihood, put together for every conversation."""

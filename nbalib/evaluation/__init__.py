"""Is it true, is it better, and how does it look: aggregates, figures and readable conversations."""

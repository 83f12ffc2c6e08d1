"""Whether an issue is resolved, by hand labels; how likely it is to be: past rows, models, their card."""

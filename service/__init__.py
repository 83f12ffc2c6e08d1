"""The service: the decisions of the batch, one customer at a time, over HTTP."""

"""Where the tables are kept: one module a store, all with the same rows and the same digests."""

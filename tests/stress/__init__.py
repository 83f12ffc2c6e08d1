"""The long versions of the guarantees: `make stress`, apart from `make test`."""

"""Look at one customer in any store, without copying the others.

In: a store, the id that a person types. Out: the customer's full id and an engine that sees their rows.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pyarrow.compute as pc

from nbalib.as_of import AsOf
from nbalib.engines.pandas_engine import PandasEngine
from nbalib.errors import NotFoundError
from nbalib.predictions.customers import find_customer, only_one
from nbalib.stores.duckdb_store import DuckDBStore
from nbalib.stores.working_copy import memory_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbalib.stores.contract import Store


@contextmanager
def customer_here(store: Store, text: str) -> Iterator[tuple[str, PandasEngine]]:
    """Find the customer that `text` names, and let an engine see what `predict` reads of them.

    Raises
    ------
    NotFoundError
        No profile has this id.
    InputError
        Customers of several platforms have it.
    """
    if isinstance(store, DuckDBStore):
        engine = PandasEngine(store.connection)
        yield find_customer(engine, text), engine
        return
    customer_id = _found(store, text)
    own = {"customer_id": customer_id}
    tables = {name: store.read(name, where=own) for name in ("customer_profiles", "turns", "contacts")}
    with memory_of({**tables, "interactions": store.customer_interactions(customer_id)}) as connection:
        yield customer_id, PandasEngine(connection)


def settled(store: Store, as_of: AsOf) -> AsOf:
    """Give the latest stored instant as an instant: a customer's rows alone do not tell it.

    Raises
    ------
    NotFoundError
        Nothing is stored.
    """
    if as_of.kind != "data":
        return as_of
    latest = store.latest_at("turns", "interaction_timestamp")
    if latest is None:
        raise NotFoundError(f"{store.name} holds no conversations: run nba process first")
    return AsOf("instant", latest)


def _found(store: Store, text: str) -> str:
    """Give the full id of the customer that `text` names, as `find_customer` does."""
    if store.read("customer_profiles", ["customer_id"], where={"customer_id": text}).num_rows:
        return text
    ids = store.read("customer_profiles", ["customer_id"])["customer_id"]
    alike = ids.filter(pc.ends_with(ids, f":{text}")).to_pylist()
    return only_one(text, [one for one in alike if one.partition(":")[2] == text])

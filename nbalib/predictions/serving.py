"""Answer for one customer, as the batch would: the most pressing conversation and what to do about it.

In: a connection to a store that nobody writes, a method, a question. Out: predictions of one row.
The customer's own rows are set apart first, so that every step after reads only them; the steps themselves,
and the order of conversations, are the batch's.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from nbalib.as_of import AsOf
from nbalib.engines.pandas_engine import PandasEngine
from nbalib.errors import NotFoundError
from nbalib.features.snapshot import LATEST
from nbalib.predictions.assemble import Predictions, predict
from nbalib.predictions.customers import find_customer
from nbalib.predictions.pressing import by_pressure

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

    from nbalib.predictions.method import Method

SET_APART = {
    "turns": "SELECT * FROM turns WHERE customer_id = $customer_id",
    "interactions": "SELECT * FROM interactions WHERE interaction_id IN (SELECT interaction_id FROM turns)",
    "contacts": "SELECT * FROM contacts WHERE customer_id = $customer_id",
}
"""The customer's part of each table that `predict` reads, in an order in which each can be found."""

LOOK_UPS = {"turns": "customer_id", "interactions": "interaction_id", "customer_profiles": "customer_id"}
"""Tables and the columns by which their rows are looked up."""


@dataclass(frozen=True)
class Question:
    """Whom it is about, as typed, and when; of whose conversations with a brand, or of which one."""

    customer: str
    as_of: AsOf
    brand: str | None = None
    conversation_id: str | None = None


def arrange(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the look-ups of `answer` fast in a store that will not be written any more.

    Twelve million cells of text take seconds to index, and double the file: worth it where a customer is
    asked for often, not for one batch.
    """
    for table, column in LOOK_UPS.items():
        connection.execute(f"CREATE INDEX IF NOT EXISTS {table}_by_{column} ON {table} ({column})")


def answer(connection: duckdb.DuckDBPyConnection, method: Method, question: Question) -> Predictions:
    """Predict for the most pressing of a customer's conversations that the question admits.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Used by one thread at a time; may be open for reading only.

    Returns
    -------
    Predictions
        One row: of several brands, and of none named, the most pressing over all.

    Raises
    ------
    NotFoundError
        The customer is not known, was not at that instant, or has no such conversation.
    InputError
        Customers of several platforms have the id.
    """
    engine = PandasEngine(connection)
    customer_id = find_customer(engine, question.customer)
    as_of = _settled(engine, question.as_of)
    with _set_apart(engine, customer_id):
        rows = predict(engine, method, as_of, [customer_id]).rows
    if rows.num_rows == 0:
        raise NotFoundError(f"Customer profile not found for ID: {question.customer}")
    rows = _admitted(rows, question)
    return Predictions(rows.take(pa.array(by_pressure(rows, method.rules)[:1])), method)


def _settled(engine: PandasEngine, as_of: AsOf) -> AsOf:
    """Give the latest stored instant as an instant: a customer's rows alone do not tell it."""
    return AsOf("instant", engine.sql(LATEST)["at"][0].as_py()) if as_of.kind == "data" else as_of


@contextmanager
def _set_apart(engine: PandasEngine, customer_id: str) -> Iterator[None]:
    """Let the steps see only the customer's rows: temporary tables stand before stored ones of their name."""
    try:
        for table, text in SET_APART.items():
            engine.make(table, text, {"customer_id": customer_id})
        yield
    finally:
        engine.drop(*(f"temp.main.{table}" for table in SET_APART))


def _admitted(rows: pa.Table, question: Question) -> pa.Table:
    """Keep the conversations that the question asks about."""
    if question.conversation_id is not None:
        rows = rows.filter(pc.equal(rows["conversation_id"], question.conversation_id))
        if rows.num_rows == 0:
            raise NotFoundError(f"Conversation not found for ID: {question.conversation_id}")
    if question.brand is not None:
        rows = rows.filter(pc.equal(rows["brand_account_id"], question.brand))
        if rows.num_rows == 0:
            raise NotFoundError(f"Conversation not found with brand: {question.brand}")
    return rows

"""Answer for one customer, as the batch would: the most pressing conversation and what to do about it.

In: a connection to a store that nobody writes, a method, a question. Out: predictions of one row.
The steps, and the order of conversations, are the batch's; they look up the customer's rows alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from nbalib.engines.pandas_engine import PandasEngine
from nbalib.errors import NotFoundError
from nbalib.predictions.assemble import Predictions, predict
from nbalib.predictions.customers import find_customer
from nbalib.predictions.one_customer import customer_here, settled
from nbalib.predictions.pressing import by_pressure

if TYPE_CHECKING:
    import duckdb

    from nbalib.as_of import AsOf
    from nbalib.predictions.method import Method
    from nbalib.stores.contract import Store


@dataclass(frozen=True)
class Question:
    """Whom it is about, as typed, and when; of whose conversations with a brand, or of which one."""

    customer: str
    as_of: AsOf
    brand: str | None = None
    conversation_id: str | None = None


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
    return _most_pressing(engine, method, question, find_customer(engine, question.customer))


def answer_from(store: Store, method: Method, question: Question) -> Predictions:
    """Answer from any store; of one on a server only the customer's rows are fetched. See `answer`."""
    with customer_here(store, question.customer) as (customer_id, engine):
        asked = replace(question, as_of=settled(store, question.as_of))
        return _most_pressing(engine, method, asked, customer_id)


def _most_pressing(engine: PandasEngine, method: Method, question: Question, customer_id: str) -> Predictions:
    rows = predict(engine, method, question.as_of, [customer_id]).rows
    if rows.num_rows == 0:
        raise NotFoundError(f"Customer profile not found for ID: {question.customer}")
    rows = _admitted(rows, question)
    return Predictions(rows.take(pa.array(by_pressure(rows, method.rules)[:1])), method)


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

"""One customer is looked at alike in every store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from tweets import LOADED, Tweet, write_tweets

from nbalib.as_of import AsOf
from nbalib.conversations.anywhere import process_anywhere
from nbalib.errors import InputError, NotFoundError
from nbalib.ingestion import ingest
from nbalib.params import Params
from nbalib.predictions.assemble import predict
from nbalib.predictions.method import load_method
from nbalib.predictions.one_customer import customer_here
from nbalib.settings import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from places import Place

    from nbalib.stores.contract import Store

TALK = (
    Tweet(1, "1001", "@Brand no signal since noon, this is urgent!", 0),
    Tweet(2, "Brand", "@1001 Sorry to hear that! Please DM us your phone number. ^AB", 2, 1),
    Tweet(3, "1002", "@Brand why was my bill doubled?", 3),
)


@pytest.fixture
def store(place: Place, tmp_path: Path) -> Iterator[Store]:
    """Give a store with the conversations of two customers."""
    with place.open() as opened:
        params = Params()
        path = write_tweets(tmp_path / "talk.csv", TALK)
        ingest(opened, "twitter", [path], accounts=params.accounts, now=LOADED)
        process_anywhere(opened, params, now=LOADED)
        yield opened


def test_a_customer_is_found_by_either_id_with_their_own_rows_alone(store: Store) -> None:
    """What is decided for them names their conversation, as the batch of every store does."""
    method = load_method(REPOSITORY / "params")
    for text in ("1001", "twitter:1001"):
        with customer_here(store, text) as (customer_id, engine):
            rows = predict(engine, method, AsOf("last-message"), [customer_id]).rows.to_pylist()
        assert [(row["customer_id"], row["conversation_id"], row["rule"]) for row in rows] == [
            ("twitter:1001", "twitter:1:1001", "silent_after_private_request")
        ]


def test_who_is_not_there_or_there_twice_is_refused(store: Store) -> None:
    """An unknown id, a piece of one, and an id that customers of two platforms have."""
    for text in ("7", "001", "x' OR '1'='1"):
        with pytest.raises(NotFoundError, match="not found"), customer_here(store, text):
            pass
    of_both = ("customer_profiles", ("customer_id",)), ("conversations", ("customer_id", "conversation_id"))
    for table, names in of_both:
        rows = store.read(table, where={"customer_id": "twitter:1001"}).to_pylist()
        renamed = [row | {name: row[name].replace("twitter", "email") for name in names} for row in rows]
        other = [row | ({"platform_type": "email"} if "platform_type" in row else {}) for row in renamed]
        store.append(table, pa.Table.from_pylist(other, store.read(table).schema))
    with (
        pytest.raises(InputError, match="give one of email:1001, twitter:1001"),
        customer_here(store, "1001"),
    ):
        pass

"""The service on a store that is on a server: the batch's answers, and 503 while the server is away."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

from places import new_place
from served import served
from tweets import LOADED as AT
from tweets import Tweet, write_tweets

from nbalib.as_of import AsOf
from nbalib.conversations.anywhere import process_anywhere
from nbalib.engines.pandas_engine import PandasEngine
from nbalib.ingestion import ingest
from nbalib.predictions.assemble import READ, predict
from nbalib.predictions.method import load_method
from nbalib.stores.working_copy import tables_here

if TYPE_CHECKING:
    from pathlib import Path

    from places import Servers
    from postgres_server import PostgresServer

TALK = [
    Tweet(1, "115", "@Brand my order never came, please help"),
    Tweet(2, "Brand", "@115 sorry about that, please send us a DM with your number", 1, answers=1),
    Tweet(3, "116", "@Brand is the shop open today?", 2),
]


def test_a_server_is_asked_for_one_customer_at_a_time(
    postgres: PostgresServer, servers: Servers, tmp_path: Path
) -> None:
    """Many at once get what the batch decided, a stranger 404; 503 while it is away, then again 200."""
    place = new_place("postgres", tmp_path, servers)
    settings = replace(place.settings, duckdb_path=tmp_path / "absent.duckdb")
    method = load_method(settings.params_dir, model=settings.model_path)
    with served(settings, db="postgres") as client:
        assert client.get("/ready").status_code == 503
        with place.open() as store:
            path = write_tweets(tmp_path / "talk.csv", TALK)
            ingest(store, "twitter", [path], accounts=method.params.accounts, now=AT)
            process_anywhere(store, method.params, now=AT)
            with tables_here(store, READ) as here:
                batch = predict(PandasEngine(here.connection), method, AsOf("data")).rows.to_pylist()
        assert client.get("/ready").status_code == 200
        assert client.get("/health").json()["db_target"] == "postgres"

        def asked(customer: str) -> object:
            return client.post("/predict_nba", json={"customer_id": customer, "as_of": "data"}).json()

        customers = ["115", "twitter:115", "116", "115"] * 3
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(asked, customers))
        decided = {row["customer_id"].partition(":")[2]: row["decision_id"] for row in batch}
        expected = [decided[customer.removeprefix("twitter:")] for customer in customers]
        assert [answer["decision_id"] for answer in answers] == expected
        assert client.post("/predict_nba", json={"customer_id": "9"}).status_code == 404
        postgres.stop("immediate")
        try:
            assert client.post("/predict_nba", json={"customer_id": "115"}).status_code == 503
        finally:
            postgres.start()
        assert client.post("/predict_nba", json={"customer_id": "115"}).status_code == 200

"""The SQL texts that Spark runs, as sqlglot translates them: read once by a person, and held here."""

from __future__ import annotations

from importlib.resources import files

import pytest

from nbalib.engines.spark_roots import HERE
from nbalib.engines.statements import statement
from nbalib.engines.translation import in_spark

GOLDEN = {
    "rooted_rows": ("SELECT r.*, t.root FROM rows_of_trees AS r JOIN roots AS t ON t.id = r.id"),
    "roots_between": (
        "SELECT d.id, COALESCE(c.up, d.id) AS up, COALESCE(c.is_settled, TRUE) AS is_settled, d.id AS least "
        "FROM (SELECT DISTINCT up AS id FROM climbed WHERE NOT is_settled) AS d "
        "LEFT JOIN climbed AS c ON c.id = d.id"
    ),
    "roots_found": (
        "SELECT s.id, CASE WHEN s.is_settled THEN s.up ELSE t.least END AS root "
        "FROM steps AS s LEFT JOIN steps AS t ON t.id = s.up"
    ),
    "roots_left": "SELECT id, CASE WHEN up <> id THEN up END AS parent FROM steps",
    "roots_of_all": (
        "SELECT c.id, CASE WHEN c.is_settled THEN c.up ELSE f.root END AS root "
        "FROM climbed AS c LEFT JOIN found AS f ON f.id = c.up"
    ),
    "roots_round": (
        "SELECT s.id, CASE WHEN s.is_settled THEN s.up ELSE t.up END AS up, "
        "s.is_settled OR t.is_settled AS is_settled, "
        "CASE WHEN s.is_settled OR s.least <= t.least THEN s.least ELSE t.least END AS least "
        "FROM steps AS s LEFT JOIN steps AS t ON t.id = s.up"
    ),
}


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_a_text_is_translated_as_it_was_read(name: str) -> None:
    """A new version of sqlglot, or an edit, that changes what Spark is asked is seen."""
    assert in_spark(statement(HERE, name)).split("*/ ")[1] == GOLDEN[name]


def test_every_text_is_held() -> None:
    """No text for Spark is left out here."""
    texts = {path.name.removesuffix(".sql") for path in files(HERE).iterdir() if path.name.endswith(".sql")}
    assert texts == set(GOLDEN)

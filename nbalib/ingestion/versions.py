"""Settle which version of a message stands, when its key is known already or arrives more than once.

In: the temporary table `arriving`, in the layout of `interactions` with `row_number`. Out: the versions that
stand, in `interactions`, and how the arriving rows counted. Of two versions the later edit stands,
else the one whose content has the smaller hash, whichever came first; so the order of arrival is of
no matter. Most such rows are what is stored already, to the letter: they are told apart first, by
comparing. Versions that lost in this file are remembered in `outvoted`, so that they count once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbalib.engines.statements import statement
from nbalib.schema import INTERACTIONS
from nbalib.stores.digest import canonical_row

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

HERE = "nbalib.ingestion"
COLUMNS = ", ".join(INTERACTIONS.names)

_BY_PARAMETERS = ("author_role", "brand_account_id")
_CONTENT = [
    column for column in INTERACTIONS.columns if not column.load and column.name not in _BY_PARAMETERS
]
"""What makes a version: all that the source says; not the roles that `accounts.yaml` gives."""
_SAME = " AND ".join(f"a.{column.name} IS NOT DISTINCT FROM i.{column.name}" for column in _CONTENT)

_INSERT_FREE = f"""
INSERT INTO interactions
SELECT {COLUMNS} FROM arriving AS a
ANTI JOIN contested AS c ON c.external_id = a.external_id AND c.platform_type = a.platform_type
"""

_COUNT = """
SELECT
    count(CASE WHEN place = 1 AND NOT is_known THEN 1 END),
    count(CASE WHEN row_number > 0 AND is_repeat THEN 1 END),
    count(CASE WHEN row_number > 0 THEN 1 END),
    count(CASE WHEN row_number = 0 AND place > 1 THEN 1 END)
FROM versions
"""

_DELETE_OLD = """
DELETE FROM interactions AS i USING versions AS v
WHERE v.place = 1 AND v.is_known AND v.row_number > 0
    AND v.external_id = i.external_id AND v.platform_type = i.platform_type
"""

_DROP_READINGS = """
DELETE FROM signals AS s USING versions AS v
WHERE v.place = 1 AND v.is_known AND v.row_number > 0
    AND s.interaction_id = v.platform_type || ':' || v.external_id
"""

_INSERT_STANDING = f"""
INSERT INTO interactions SELECT {COLUMNS} FROM versions WHERE place = 1 AND row_number > 0
"""

_REMEMBER_OUTVOTED = """
INSERT INTO outvoted
SELECT platform_type, external_id, version FROM versions WHERE place > 1 AND NOT is_repeat
"""


@dataclass(frozen=True)
class Compared:
    """How arriving rows count, and how many stored versions must give way.

    Attributes
    ----------
    n_new : int
        Keys that are new in the store.
    n_repeated : int
        Rows that repeat a known version.
    n_other_versions : int
        Rows that are another version of a known message.
    n_giving_way : int
        Stored versions that do not stand.
    is_contested : bool
        `put_standing` has something to do.
    """

    n_new: int
    n_repeated: int
    n_other_versions: int
    n_giving_way: int
    is_contested: bool = True


def forget_outvoted(connection: Connection) -> None:
    """Begin a file: no version has lost yet."""
    _run(
        connection,
        "CREATE OR REPLACE TEMP TABLE outvoted (platform_type TEXT, external_id TEXT, version TEXT)",
    )


def compare(connection: Connection, n_arriving: int) -> Compared:
    """Find which versions stand, store the new keys that come once, and count the rows of `arriving`."""
    (n_keys,) = _run(connection, f"CREATE OR REPLACE TEMP TABLE contested AS {statement(HERE, 'contested')}")
    (n_free,) = _run(connection, _INSERT_FREE)
    if n_keys == 0:
        return Compared(n_free, 0, 0, 0, is_contested=False)
    unsettled = statement(HERE, "unsettled").replace("{same}", _SAME)
    (n_unsettled,) = _run(connection, f"CREATE OR REPLACE TEMP TABLE unsettled AS {unsettled}")
    versions = statement(HERE, "versions").replace("{content}", canonical_row(_CONTENT))
    _run(connection, f"CREATE OR REPLACE TEMP TABLE versions AS {versions}")
    n_new, n_repeated, n_versions, n_giving_way = _run(connection, _COUNT)
    return Compared(
        n_free + n_new,
        n_arriving - n_free - n_unsettled + n_repeated,
        n_versions - n_new - n_repeated,
        n_giving_way,
    )


def put_standing(connection: Connection) -> None:
    """Put the versions that stand in the place of those that do not."""
    for query in (_DELETE_OLD, _DROP_READINGS, _INSERT_STANDING, _REMEMBER_OUTVOTED):
        _run(connection, query)


def _run(connection: Connection, query: str) -> tuple[int, ...]:
    rows = connection.execute(query).fetchall()
    return tuple(rows[0]) if rows else (0,)

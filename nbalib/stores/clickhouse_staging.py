"""Change several ClickHouse tables, all of it or nothing, though ClickHouse has no transactions.

In: rows and keys, table by table. Out: the same in the store's tables, once `publish` is called.

Rows go into tables of their own, `staged_…`, one block a batch, each with a deduplication token. When all are
there, and counted again, one statement makes the table `staged_…_whole`: that is the commit. Then the staged
parts are moved into their tables, each by one statement that may be repeated. Whoever is killed before the
commit leaves nothing but staged tables, which the next writer drops; whoever is killed after it has the rest
done by the next writer (`recover`). A token is never used twice: ClickHouse remembers it beyond the rows.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from nbalib.errors import StoreError
from nbalib.schema import table_named
from nbalib.stores.clickhouse_blocks import blocks, gathered, versioned
from nbalib.stores.clickhouse_layout import MOVING, sort_of, tables_like, type_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

    from nbalib.schema import Table
    from nbalib.stores.clickhouse_client import ClickHouseClient

PREFIX = "staged_"
_WHOLE = "whole"
_KEYS = "keys"
MANY_DELETED = 10_000
MANY_PARTS = 100
"""Staged parts are merged once there are so many; fewer are merged where they are moved to, in good time."""


class Staging:
    """What one commit will change.

    Parameters
    ----------
    client : ClickHouseClient
    name : str
        Names the commit; never used before.
    """

    def __init__(self, client: ClickHouseClient, name: str) -> None:
        self._client = client
        self._name = name
        self._tables: dict[tuple[str, str], str] = {}
        self._n_sent: Counter[str] = Counter()
        self._n_blocks = 0
        self._is_committed = False
        self._versions: dict[str, int] = {}

    def next_version(self, table: str) -> None:
        """Let the rows that are staged for `table` from here on replace those staged or stored before."""
        self._versions[table] = self._version(table) + 1

    def add(self, table: str, rows: Iterable[pa.RecordBatch | pa.Table]) -> int:
        """Stage rows; each replaces what is stored at its place. Give how many."""
        known, staged = table_named(table), self._staged("add", table)
        return sum(self._insert(known, staged, block) for block in blocks(known, rows))

    def replace_all(self, table: str, rows: Iterable[pa.RecordBatch | pa.Table]) -> None:
        """Stage rows that take the place of all rows of `table`."""
        known, staged = table_named(table), self._staged("replace", table)
        for block in blocks(known, rows):
            self._insert(known, staged, block)

    def delete(self, table: str, keys: Iterable[pa.RecordBatch | pa.Table]) -> None:
        """Stage the end of the rows under these keys."""
        known = table_named(table)
        for some in gathered(keys):
            self._show_keys(known.key, known, some)
            self._delete_where(known, f"({', '.join(known.key)}) IN (SELECT * FROM {self._keys})")

    def delete_moved(self, table: str, rows: pa.Table) -> None:
        """Stage the end of rows that are stored, or staged, under the keys of `rows` at another place."""
        known = table_named(table)
        if table not in MOVING:
            return
        key, sort = ", ".join(known.key), ", ".join(sort_of(known))
        self._show_keys(sort_of(known), known, rows)
        here, there = (f"(SELECT {names} FROM {self._keys})" for names in (key, sort))
        self._delete_where(known, f"({key}) IN {here} AND ({sort}) NOT IN {there}")

    def found(self, table: str, keys: pa.Table) -> pa.Table:
        """Give the rows under these keys as they will be once all that is staged so far is published."""
        known, staged = table_named(table), self._staged("add", table)
        self._show_keys(known.key, known, keys)
        names = ", ".join(known.names)
        kept = f"{names}, row_version, is_deleted"
        wanted = f"PREWHERE ({', '.join(known.key)}) IN (SELECT * FROM {self._keys})"
        query = f"""
            SELECT {names} FROM (
                SELECT {kept} FROM (
                    SELECT {kept} FROM {table} FINAL {wanted}
                    UNION ALL SELECT {kept} FROM {staged} {wanted}
                ) ORDER BY row_version DESC LIMIT 1 BY {", ".join(sort_of(known))}
            ) WHERE NOT is_deleted
        """
        return self._client.arrow(query, known.arrow)

    def take_over(self, table: str, prepared: str) -> int:
        """Stage the rows of another table of the same layout, which it loses. Give how many."""
        staged = self._staged("add", table)
        [(count,)] = self._client.rows(f"SELECT count() FROM {prepared}")
        move(self._client, prepared, staged)
        self._n_sent[staged] += int(count)
        return int(count)

    def commit(self) -> None:
        """Count what is staged, and say that it is whole: from here on it is stored, whatever happens.

        Raises
        ------
        StoreError
            The server has other rows than were sent.
        """
        for staged, n_sent in self._n_sent.items():
            [(n_found,)] = self._client.rows(f"SELECT count() FROM {staged} WHERE NOT is_deleted")
            if n_found != n_sent:
                raise StoreError(f"{self._client.name}: of {n_sent} rows for {staged}, {n_found} are there")
        self._is_committed = True  # as soon as we ask: the answer may get lost
        if self._tables:
            self._client.run(
                f"CREATE TABLE IF NOT EXISTS {self._part(_WHOLE)} (nothing UInt8) ENGINE = Memory"
            )

    def publish(self) -> None:
        """Move what is staged into its tables."""
        _publish(self._client, list(self._tables.values()))
        _drop(self._client, [self._keys, self._part(_WHOLE)])

    def drop(self) -> None:
        """Forget what is staged, unless it is committed."""
        if not self._is_committed:
            _drop(self._client, [*self._tables.values(), self._keys])

    def _staged(self, how: str, table: str) -> str:
        """Name the table that rows for `table` are staged in, and make it when it is first needed."""
        if (how, table) not in self._tables:
            name = self._part(f"{len(self._tables):02d}_{how}_{table}")
            self._client.run(f"CREATE TABLE IF NOT EXISTS {name} AS {table}")
            self._client.run(f"ALTER TABLE {name} MODIFY SETTING min_parts_to_merge_at_once = {MANY_PARTS}")
            self._tables[how, table] = name
            self._n_sent[name] = 0
        return self._tables[how, table]

    def _part(self, name: str) -> str:
        return f"{PREFIX}{self._name}_{name}"

    @property
    def _keys(self) -> str:
        return self._part(_KEYS)

    def _version(self, table: str) -> int:
        if table not in self._versions:
            self._versions[table] = next_version(self._client, table)
        return self._versions[table]

    def _insert(self, table: Table, staged: str, rows: pa.Table) -> int:
        self._n_blocks += 1
        block = versioned(rows, self._version(table.name))
        self._client.insert(staged, block, f"{self._name}-{self._n_blocks}")
        self._n_sent[staged] += rows.num_rows
        return int(rows.num_rows)

    def _show_keys(self, names: tuple[str, ...], table: Table, rows: pa.Table) -> None:
        """Let queries read some columns of `rows` in the table `_keys`."""
        kinds = {column.name: type_of(column) for column in table.columns}
        layout = ", ".join(f"{name} {kinds[name]}" for name in names)
        self._client.run(f"CREATE OR REPLACE TABLE {self._keys} ({layout}) ENGINE = Memory")
        self._n_blocks += 1
        if rows.num_rows:
            self._client.insert(self._keys, rows.select(list(names)), f"{self._name}-{self._n_blocks}")

    def _delete_where(self, table: Table, condition: str) -> None:
        """Stage the end of the rows, stored or staged, for which a condition on the sort order holds."""
        staged, sort = self._staged("add", table.name), ", ".join(sort_of(table))
        version = self._version(table.name)
        for where in (table.name, staged):
            self._client.run(
                f"INSERT INTO {staged} ({sort}, row_version, is_deleted) "
                f"SELECT {sort}, {version}, 1 FROM {where} FINAL PREWHERE {condition}"
            )


def recover(client: ClickHouseClient) -> None:
    """Finish what a writer that died had committed, and drop what it had not; nobody else may be writing."""
    found = tables_like(client, PREFIX)
    whole = {name.removesuffix(_WHOLE) for name in found if name.endswith(f"_{_WHOLE}")}
    marks = [f"{commit}{_WHOLE}" for commit in sorted(whole)]
    rest = sorted(set(found) - set(marks))
    _publish(client, [name for name in rest if _commit_of(name) in whole and not name.endswith(f"_{_KEYS}")])
    _drop(client, [*rest, *marks])


def is_cut_off(client: ClickHouseClient) -> bool:
    """Tell whether a commit is being published, or was left half published by a writer that died."""
    return any(name.endswith(f"_{_WHOLE}") for name in tables_like(client, PREFIX))


def next_version(client: ClickHouseClient, table: str) -> int:
    """Give a version that is above those of all stored rows."""
    [(version,)] = client.rows(f"SELECT max(row_version) FROM {table}")
    return int(version) + 1


def _commit_of(name: str) -> str:
    """Give the part of a staged table's name that names the commit."""
    return "_".join(name.split("_")[:2]) + "_"


def _publish(client: ClickHouseClient, staged: list[str]) -> None:
    """Move staged tables into their tables, in the order of their names."""
    for name in sorted(staged):
        _, _, _, how, table = name.split("_", 4)
        [(count,)] = client.rows(f"SELECT count() FROM {name}")
        if how == "add":
            move(client, name, table)
        elif count:
            client.run(f"ALTER TABLE {table} REPLACE PARTITION tuple() FROM {name}")
        else:
            client.run(f"TRUNCATE TABLE {table}")
        client.run(f"DROP TABLE IF EXISTS {name} SYNC")
        _clean(client, table)


def move(client: ClickHouseClient, origin: str, goal: str) -> None:
    """Move all rows of a table into another of the same layout; repeating it does no harm."""
    client.run(f"ALTER TABLE {origin} MOVE PARTITION tuple() TO TABLE {goal}")


def _clean(client: ClickHouseClient, table: str) -> None:
    """Rid a table of deleted rows once they outnumber the others."""
    query = f"SELECT countIf(is_deleted = 1), countIf(is_deleted = 0) FROM {table}"
    [(n_deleted, n_other)] = client.rows(query)
    if n_deleted > n_other + MANY_DELETED:
        client.run(f"OPTIMIZE TABLE {table} FINAL CLEANUP")


def _drop(client: ClickHouseClient, names: Iterable[str]) -> None:
    for name in names:
        client.run(f"DROP TABLE IF EXISTS {name} SYNC")

"""Write the batches of one file into the store's tables, inside the caller's transaction.

In: `Batch`es. Out: rows of `interactions`, `rejected_rows` and `ingestion_watermarks`, and the counts of
`FileReport`. What is stored does not depend on the order or the cut of the batches: of two versions
of one message the later edit stands, else the one whose content has the smaller hash.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from nbalib.engines.statements import statement
from nbalib.schema import INTERACTIONS
from nbalib.stores.digest import canonical_row

if TYPE_CHECKING:
    from datetime import datetime

    from nbalib.ingestion.report import FileReport
    from nbalib.params import Accounts
    from nbalib.sources.batches import Batch
    from nbalib.stores.duckdb_store import DuckDBStore

HERE = "nbalib.ingestion"
_BY_PARAMETERS = ("author_role", "brand_account_id")
_VERSION = canonical_row(
    column for column in INTERACTIONS.columns if not column.load and column.name not in _BY_PARAMETERS
)
"""What makes a version: all that the source says; not the roles that `accounts.yaml` gives."""


class FileWriter:
    """Writes one file's batches; made and used inside one transaction.

    Parameters
    ----------
    store : DuckDBStore
    report : FileReport
        Counted up as batches are written.
    source : str
    accounts : Accounts
        Roles and brands that override the platform's.
    now : datetime
        Instant of loading (UTC).
    """

    def __init__(
        self, store: DuckDBStore, report: FileReport, source: str, accounts: Accounts, now: datetime
    ) -> None:
        self._store = store
        self._report = report
        self._source = source
        self._accounts = _accounts_table(accounts)
        self._now = now
        self._execute(
            "CREATE OR REPLACE TEMP TABLE outvoted (platform_type TEXT, external_id TEXT, version TEXT)"
        )
        self._execute(
            "CREATE OR REPLACE TEMP TABLE refused (row_number BIGINT, reason TEXT, detail TEXT, raw TEXT)"
        )

    def write(self, batch: Batch) -> None:
        """Store the batch's rows and count each of its rows once."""
        report = self._report
        report.n_read += batch.n_read
        report.n_blank += batch.n_blank
        report.rejected.update(batch.rejected["reason"].to_pylist())
        if batch.rejected.num_rows:
            with self._store.shown("batch", batch.rejected):
                self._execute("INSERT INTO refused SELECT * FROM batch")
        if batch.rows.num_rows:
            latest = pc.max(batch.rows["interaction_timestamp"]).as_py()
            report.latest_interaction_at = max(filter(None, (report.latest_interaction_at, latest)))
            with self._store.shown("batch", batch.rows), self._store.shown("accounts", self._accounts):
                self._write_rows(batch.rows.num_rows)

    def finish(self, fingerprint: str) -> None:
        """Keep the rejected rows and the watermark under the file's fingerprint."""
        report = self._report
        report.fingerprint = fingerprint
        self._execute(
            "INSERT INTO rejected_rows SELECT ?, ?, ?, row_number, reason, detail, raw, ? FROM refused",
            [self._source, fingerprint, report.file, self._now],
        )
        self._store.append("ingestion_watermarks", self._watermark())

    def _write_rows(self, n_rows: int) -> None:
        origin = json.dumps({"source": self._source, "file": self._report.file, "row": 0})[:-2]
        values = {"origin": origin, "loaded_at": self._now}
        n_contested = self._execute(f"CREATE OR REPLACE TEMP TABLE contested AS {_sql('contested')}")
        if n_contested == 0:
            self._execute(f"INSERT INTO interactions SELECT {_NAMES} FROM ({_sql('arriving')})", values)
            self._report.n_stored += n_rows
            return
        self._execute(f"CREATE OR REPLACE TEMP TABLE arriving AS {_sql('arriving')}", values)
        n_free = self._execute(
            f"INSERT INTO interactions SELECT {_NAMES} FROM arriving AS a ANTI JOIN contested AS c "
            "ON c.external_id = a.external_id AND c.platform_type = a.platform_type"
        )
        self._report.n_stored += n_free
        self._settle(n_rows - n_free)

    def _settle(self, n_arriving: int) -> None:
        """Let the version that stands stand for each contested key, and count the arriving rows."""
        versions = _sql("versions").replace("{version}", _VERSION)
        self._execute(f"CREATE OR REPLACE TEMP TABLE versions AS {versions}")
        [(n_new, n_repeats)] = self._store.connection.execute(
            """
            SELECT count(CASE WHEN place = 1 AND NOT is_known THEN 1 END),
                count(CASE WHEN is_repeat AND row_number > 0 THEN 1 END)
            FROM versions
            """
        ).fetchall()
        self._execute(
            """
            DELETE FROM interactions AS i USING versions AS v
            WHERE v.place = 1 AND v.is_known AND v.row_number > 0
                AND v.external_id = i.external_id AND v.platform_type = i.platform_type
            """
        )
        self._execute(
            f"INSERT INTO interactions SELECT {_NAMES} FROM versions WHERE place = 1 AND row_number > 0"
        )
        self._execute(
            "INSERT INTO outvoted SELECT platform_type, external_id, version FROM versions "
            "WHERE place > 1 AND NOT is_repeat"
        )
        self._report.n_stored += n_new
        self._report.n_duplicate += n_repeats
        self._report.n_replaced += n_arriving - n_new - n_repeats

    def _watermark(self) -> pa.Table:
        report = self._report
        row = {
            "source": self._source,
            "fingerprint": report.fingerprint,
            "file": report.file,
            "n_read": report.n_read,
            "n_stored": report.n_stored,
            "n_duplicate": report.n_duplicate,
            "n_replaced": report.n_replaced,
            "n_rejected": report.n_rejected,
            "n_blank": report.n_blank,
            "latest_interaction_at": report.latest_interaction_at,
            "finished_at": self._now,
        }
        return pa.Table.from_pylist([row])

    def _execute(self, query: str, values: list[object] | dict[str, object] | None = None) -> int:
        """Run a statement; give how many rows it made or changed, where it says so."""
        rows = self._store.connection.execute(query, values).fetchall()
        return int(rows[0][0]) if rows else 0


_NAMES = ", ".join(INTERACTIONS.names)


def _sql(name: str) -> str:
    return statement(HERE, name)


def _accounts_table(accounts: Accounts) -> pa.Table:
    """Lay `accounts` out as a table, accounts in lower case."""
    rows = [
        {
            "platform": entry.platform,
            "account": entry.account.lower(),
            "role": entry.role,
            "brand": entry.brand,
        }
        for entry in accounts.accounts
    ]
    names = ("platform", "account", "role", "brand")
    return pa.Table.from_pylist(rows, schema=pa.schema([(name, pa.string()) for name in names]))

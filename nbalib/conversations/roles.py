"""Who speaks for whom: the platform's flag, overridden by `params/accounts.yaml`.

In: `interactions` and `Accounts`. Out: roles and brands put right in `interactions`; `known_accounts`;
suggestions with evidence, which change nothing by themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from nbalib.engines.statements import statement

if TYPE_CHECKING:
    import pandas as pd

    from nbalib.engines.pandas_engine import PandasEngine
    from nbalib.params import Accounts

HERE = "nbalib.conversations"

ACCOUNTS = pa.schema(
    [pa.field(name, pa.string()) for name in ("platform", "account", "role", "brand")],
)

CHANGED_ROLES = """
SELECT i.interaction_id, coalesce(a.role, i.platform_role) AS author_role,
    CASE WHEN coalesce(a.role, i.platform_role) <> 'customer'
        THEN coalesce(a.brand, i.participant_external_id) END AS brand
FROM interactions AS i
LEFT JOIN accounts AS a
    ON a.platform = i.platform_type AND lower(a.account) = lower(i.participant_external_id)
WHERE coalesce(a.role, i.platform_role) <> i.author_role
    OR CASE WHEN coalesce(a.role, i.platform_role) <> 'customer'
        THEN coalesce(a.brand, i.participant_external_id) END IS DISTINCT FROM i.brand_account_id
"""
SET_ROLES = """
UPDATE interactions SET author_role = c.author_role, brand_account_id = c.brand
FROM changed_roles AS c
WHERE c.interaction_id = interactions.interaction_id
"""


def accounts_table(accounts: Accounts) -> pa.Table:
    """Lay `accounts` out as a table: platform, account, role, brand (null: the account itself)."""
    rows = [entry.model_dump(include=set(ACCOUNTS.names)) for entry in accounts.accounts]
    return pa.Table.from_pylist(rows, schema=ACCOUNTS)


def put_roles_right(engine: PandasEngine, accounts: Accounts) -> None:
    """Bring `interactions` into line with `accounts`, which may have changed since it was loaded.

    Messages that change are noted in `touched`.
    """
    engine.table("accounts", accounts_table(accounts))
    engine.make("changed_roles", CHANGED_ROLES)
    if engine.one("SELECT count(*) FROM changed_roles"):
        engine.execute(SET_ROLES)
        engine.execute("INSERT INTO touched SELECT interaction_id FROM changed_roles")
    engine.drop("changed_roles")


def renew_known_accounts(engine: PandasEngine, accounts: Accounts, *, whole: bool) -> None:
    """Bring `known_accounts` up to date; unless `whole`, note in `touched` who names a changed account."""
    engine.table("accounts", accounts_table(accounts))
    engine.make("fresh_accounts", statement(HERE, "fresh_accounts"))
    engine.make("changed_accounts", statement(HERE, "changed_accounts"))
    if engine.one("SELECT count(*) FROM changed_accounts"):
        if not whole:
            engine.execute(f"INSERT INTO touched {statement(HERE, 'naming_messages')}")
        engine.execute("DELETE FROM known_accounts")
        engine.execute("INSERT INTO known_accounts SELECT * FROM fresh_accounts")
    engine.drop("accounts", "fresh_accounts", "changed_accounts")


def suggest_accounts(engine: PandasEngine) -> pd.DataFrame:
    """List accounts flagged as customers that may speak for a brand, with the evidence.

    Returns
    -------
    DataFrame
        platform, account, n_messages, n_customers_answered, n_customers_naming, share_signed,
        share_promotion; strongest evidence first. A person decides; answering many alone proves nothing.
    """
    suggested: pd.DataFrame = engine.sql(statement(HERE, "suggested_accounts")).to_pandas()
    return suggested

"""Who speaks for whom: the platform's flag, overridden by `params/accounts.yaml`.

In: `interactions` and `Accounts`. Out: roles and brands put right in `interactions`; the table
`known_accounts`; suggestions with evidence, which change nothing by themselves.
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

SET_ROLES = """
UPDATE interactions SET author_role = put.author_role, brand_account_id = put.brand
FROM (
    SELECT
        i.interaction_id,
        coalesce(a.role, i.platform_role) AS author_role,
        CASE WHEN coalesce(a.role, i.platform_role) <> 'customer'
            THEN coalesce(a.brand, i.participant_external_id) END AS brand
    FROM interactions AS i
    LEFT JOIN accounts AS a
        ON a.platform = i.platform_type AND lower(a.account) = lower(i.participant_external_id)
) AS put
WHERE put.interaction_id = interactions.interaction_id
    AND (put.author_role <> interactions.author_role
        OR put.brand IS DISTINCT FROM interactions.brand_account_id)
"""


def accounts_table(accounts: Accounts) -> pa.Table:
    """Lay `accounts` out as a table: platform, account, role, brand (null: the account itself)."""
    rows = [entry.model_dump(include=set(ACCOUNTS.names)) for entry in accounts.accounts]
    return pa.Table.from_pylist(rows, schema=ACCOUNTS)


def put_roles_right(engine: PandasEngine, accounts: Accounts) -> None:
    """Bring `interactions` into line with `accounts`, which may have changed since it was loaded."""
    engine.table("accounts", accounts_table(accounts))
    engine.execute(SET_ROLES)


def find_known_accounts(engine: PandasEngine, accounts: Accounts) -> None:
    """Make the table `known_accounts`: platform, handle (lower case), brand, known_at."""
    engine.table("accounts", accounts_table(accounts))
    engine.make("known_accounts", statement(HERE, "known_accounts"))


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

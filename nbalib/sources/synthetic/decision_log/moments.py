"""Made moments of decision: open issues with the features that a decision looks at.

In: draws. Out: a table in the layout of the feature catalogue, which holds together: an author who never
wrote has no hours, nobody is asked for anything before an agent wrote, and so on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from nbalib.feature_catalogue import features_schema
from nbalib.sources.synthetic.brands import brands

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nbalib.sources.synthetic.decision_log.draws import Draws

FIRST_SECOND = 1_506_816_000  # 2017-10-01, UTC
N_DAYS = 60
SECONDS_PER_DAY = 86_400
MICROSECONDS = 1_000_000
NOTHING = np.array(None, dtype=object)

HOURS_SINCE = (0.05, 0.4, 1.0, 2.0, 4.0, 7.0, 12.0, 22.0, 40.0, 80.0, 200.0)
HOURS_BETWEEN = (0.02, 0.1, 0.2, 0.4, 0.8, 1.5, 3.0, 6.0, 11.0, 20.0, 60.0)
TOPICS: dict[str | None, float] = {
    "billing": 0.16,
    "connectivity": 0.22,
    "delivery": 0.18,
    "refund": 0.12,
    "software_bug": 0.17,
    None: 0.15,
}
LANGUAGES: dict[str | None, float] = {"en": 0.88, "es": 0.05, "fr": 0.03, "de": 0.02, None: 0.02}
ASKED_CHANNELS: dict[str | None, float] = {"dm": 0.34, "email": 0.16, "phone": 0.06, None: 0.44}
ASKED_FOR: dict[str | None, float] = {"order_number": 0.12, "email_address": 0.10, "date": 0.05, None: 0.73}
PROMISED: dict[str | None, float] = {"look_into": 0.10, "update": 0.06, None: 0.84}


def customers_of(draws: Draws, rows_per_customer: float) -> NDArray[np.int64]:
    """Give each row its customer: neighbours, in geometrically distributed numbers of that mean."""
    begins = draws.chance(1 / rows_per_customer)
    begins[0] = True
    return np.cumsum(begins) - 1


def made_moments(draws: Draws, customer: NDArray[np.int64]) -> pa.Table:
    """Draw the features of one moment a row.

    Parameters
    ----------
    customer : integer array, shape (n,)
        Number of each row's customer, rising from 0 without a gap.

    Returns
    -------
    Table, shape (n, n_features)
        In the layout of `features_schema`; `p_resolved` is null.
    """
    schema = features_schema()
    columns = {
        **_who(draws, customer),
        **_course(draws),
        **_words(draws, customer),
        **_history(draws),
        "p_resolved": pa.nulls(draws.n, pa.float64()),
    }
    _after_agent(draws, columns)
    return pa.table([pa.array(columns[name], schema.field(name).type) for name in schema.names], schema)


def _who(draws: Draws, customer: NDArray[np.int64]) -> dict[str, object]:
    """Draw brand and instant; a customer keeps to one brand."""
    handles = np.array([brand.handle for brand in brands()], dtype=object)
    seconds = FIRST_SECOND + (draws.unit() * N_DAYS * SECONDS_PER_DAY).astype(np.int64)
    return {
        "conversation_id": [f"made:{row}:{owner}" for row, owner in enumerate(customer)],
        "customer_id": [f"made:{owner}" for owner in customer],
        "brand": handles[customer % len(handles)],
        "platform_type": ["made"] * draws.n,
        "as_of": pa.array(seconds * MICROSECONDS).cast(pa.timestamp("us", tz="UTC")),
    }


def _course(draws: Draws) -> dict[str, object]:
    """Draw how many messages there were, by whom, and how long ago."""
    n_customer = draws.count((0.34, 0.27, 0.17, 0.1, 0.07, 0.05), first=1)
    n_agent = np.floor(draws.unit() * (n_customer + 1)).astype(np.int64)
    is_agents_turn = (n_agent > 0) & draws.chance(0.45)
    since, gap = draws.along(HOURS_SINCE), draws.along(HOURS_BETWEEN)
    by_customer = np.where(is_agents_turn, since + gap, since).round(4)
    by_agent = np.where(is_agents_turn, since, since + gap).round(4)
    response = draws.along(HOURS_BETWEEN)
    before = np.where(n_agent > 0, by_agent + response, 0)
    hours_open = np.maximum(by_customer + (n_customer - 1) * gap, before).round(4)
    recent = 1 + np.floor(draws.unit() * n_customer).astype(np.int64)
    return {
        "n_interactions": n_customer + n_agent,
        "n_customer_messages": n_customer,
        "n_agent_messages": n_agent,
        "n_customer_24h": np.where(by_customer <= 24, recent, 0),
        "hours_since_customer": by_customer,
        "hours_since_agent": pa.array(by_agent, mask=n_agent == 0),
        "hours_since_last": since,
        "hours_open": hours_open,
        "first_response_hours": pa.array(response, mask=n_agent == 0),
        "last_author": np.where(is_agents_turn, "agent", "customer"),
    }


def _words(draws: Draws, customer: NDArray[np.int64]) -> dict[str, object]:
    """Draw what the customer's words say; a customer has a temper, and the unhappy complain more."""
    temper = draws.around_zero(0.25)[: customer[-1] + 1][customer]
    mood = np.clip(temper + draws.around_zero(0.35) - 0.05, -1, 1).round(4)
    return {
        "is_urgent": draws.chance(0.16),
        "is_escalation": draws.chance(np.where(mood < -0.3, 0.25, 0.04)),
        "is_complaint": draws.chance(np.where(mood < 0, 0.5, 0.15)),
        "is_question": draws.chance(0.5),
        "says_thanks": draws.chance(0.12),
        "mood": pa.array(mood, mask=draws.chance(0.1)),
        "topic": draws.pick(TOPICS),
        "language": draws.pick(LANGUAGES),
    }


def _history(draws: Draws) -> dict[str, object]:
    """Draw other issues and earlier contacts."""
    n_contacts = draws.count((0.8, 0.13, 0.05, 0.02))
    return {
        "resolution_status": ["open"] * draws.n,
        "status_reason": ["customer_waits"] * draws.n,
        "n_open_issues": draws.count((0.88, 0.09, 0.03), first=1),
        "n_contacts_7d": n_contacts,
        "is_followed_up": (n_contacts > 0) & draws.chance(0.25),
    }


def _after_agent(draws: Draws, columns: dict[str, object]) -> None:
    """Draw what only an agent's message brings: requests, promises, and waiting for the customer."""
    is_agents_turn = np.asarray(columns["last_author"]) == "agent"
    has_agent = np.asarray(columns["n_agent_messages"]) > 0
    for name, shares in (("asked_channel", ASKED_CHANNELS), ("asked_for", ASKED_FOR), ("promised", PROMISED)):
        columns[name] = np.where(has_agent, draws.pick(shares), NOTHING)
    is_asked = np.asarray(columns["asked_channel"]) != NOTHING
    is_private = is_agents_turn & is_asked & draws.chance(0.8)
    waits = np.where(is_private, "customer", draws.pick({"customer": 0.7, "agent": 0.2, "nobody": 0.1}))
    columns["moved_private"] = is_private
    columns["awaiting"] = np.where(is_agents_turn, waits, "agent")

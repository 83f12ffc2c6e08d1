"""What is true of the made decisions, and who was likely to decide what.

In: features. Out: for each row and channel the log-odds of being resolved within `HORIZON_HOURS`, and the
chance with which the channel was chosen. Both tables are invented, readable, and stated here in full.

The made teams call in the hard cases, so that calls look worse than messages in the log, although in just
those cases they help most here: whoever compares plain averages is misled, as in life.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow.compute as pc

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from nbalib.params import Policy

ACTIONS = ("twitter_dm_reply", "email_reply", "scheduling_phone_call", "no_action")
"""The channels, and no contact; always the last."""

HORIZON_HOURS = 72
"""Resolved within this many hours after the decision counts."""

MANY_INTERACTIONS = 5
DIGITS = 6

LOG_ODDS: dict[str, tuple[float, float, float, float]] = {
    # what is known                message  e-mail  call   nothing
    "always":                      (0.70,  0.45,  0.10, -0.10),
    "agent_awaited":               (0.40,  0.30,  0.20, -1.10),
    "is_complaint":               (-0.80, -0.70, -0.50, -0.90),
    "is_escalation":              (-1.90, -1.80, -0.60, -2.10),
    "is_urgent":                   (0.10, -0.80, -0.20, -0.80),
    "says_thanks":                 (0.70,  0.70,  0.60,  0.90),
    "many_messages":              (-1.40, -1.10, -0.30, -1.40),
    "mood":                        (1.30,  1.20,  0.90,  1.50),
    "days_since_customer_log2":   (-0.50, -0.35, -0.45, -0.50),
    "asked_email":                (-0.30,  0.90, -0.10,  0.00),
    "is_billing":                 (-0.40,  0.30, -0.10, -0.50),
    "is_connectivity":             (0.40, -0.30,  0.50, -0.20),
    "is_refund":                  (-0.80, -0.20, -0.60, -0.90),
}  # fmt: skip
"""Log-odds of being resolved that each known thing adds, by channel."""

CHOICE: dict[str, tuple[float, float, float, float]] = {
    # what is known                message  e-mail  call   nothing
    "always":                      (4.0,   2.0,   0.75,  1.5),
    "agent_awaited":               (1.0,   1.0,   1.0,   0.5),
    "is_escalation":               (0.5,   0.5,   5.0,   0.5),
    "is_urgent":                   (1.5,   0.5,   1.5,   0.5),
    "many_messages":               (0.5,   1.0,   5.0,   1.0),
    "asked_email":                 (0.5,   3.0,   1.0,   1.0),
    "says_thanks":                 (1.0,   1.0,   0.5,   2.0),
}  # fmt: skip
"""Factor by which each known thing changes the weight of a channel in the team's choice."""


def known_things(features: pa.Table) -> dict[str, NDArray[np.float64]]:
    """Compute what the two tables speak of, from the features.

    Returns
    -------
    mapping of name to float array, shape (n,)
        0 or 1, but for the mood (-1 to 1, unknown is 0) and the logarithm (1 for each doubling of the days).
    """
    topic = features["topic"]
    things = {
        "always": np.ones(features.num_rows),
        "agent_awaited": pc.equal(features["awaiting"], "agent"),
        "many_messages": pc.greater(features["n_interactions"], MANY_INTERACTIONS),
        "mood": pc.fill_null(features["mood"], 0.0),
        "days_since_customer_log2": np.log2(1 + features["hours_since_customer"].to_numpy() / 24),
        "asked_email": pc.fill_null(pc.equal(features["asked_channel"], "email"), False),
        **{name: features[name] for name in ("is_complaint", "is_escalation", "is_urgent", "says_thanks")},
        **{
            f"is_{name}": pc.fill_null(pc.equal(topic, name), False)
            for name in ("billing", "connectivity", "refund")
        },
    }
    return {name: np.asarray(values, dtype="float64") for name, values in things.items()}


def log_odds(features: pa.Table) -> NDArray[np.float64]:
    """Give the log-odds of being resolved, shape (n, n_actions), for a customer of the usual kind."""
    things = known_things(features)
    known = np.column_stack([things[name] for name in LOG_ODDS])
    return np.asarray(known @ np.array(list(LOG_ODDS.values())), dtype="float64")


def chances(log_odds: NDArray[np.float64], sd: float) -> NDArray[np.float64]:
    """Average the chance of being resolved over customers whose own log-odds vary evenly around 0.

    The mean of the logistic function over the interval ±h, h = sd·√3, is
    (log(1 + e^(x+h)) - log(1 + e^(x-h))) / 2h; without variation it is the function itself.
    """
    half = sd * np.sqrt(3)
    if half == 0:
        return given_effect(log_odds, np.zeros(len(log_odds)))
    spread = np.logaddexp(0, log_odds + half) - np.logaddexp(0, log_odds - half)
    return np.asarray((spread / (2 * half)).round(DIGITS), dtype="float64")


def given_effect(log_odds: NDArray[np.float64], effect: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the chance of being resolved for customers with their own addition to the log-odds."""
    return np.asarray((1 / (1 + np.exp(-(log_odds + effect[:, None])))).round(DIGITS), dtype="float64")


def propensities(features: pa.Table, policy: Policy) -> NDArray[np.float64]:
    """Give the chance with which each channel was chosen, shape (n, n_actions); rows add up to 1.

    Where the contact policy forbids a contact, no contact is certain; elsewhere every chance is positive.
    """
    things = known_things(features)
    weights = np.ones((features.num_rows, len(ACTIONS)))
    for name, factors in CHOICE.items():
        weights *= np.where(things[name][:, None] > 0, factors, 1.0)
    weights[forbidden(features, policy), :-1] = 0
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), dtype="float64")


def forbidden(features: pa.Table, policy: Policy) -> NDArray[np.bool_]:
    """Tell where the contact policy forbids every contact."""
    enough = features["n_contacts_7d"].to_numpy() >= policy.max_contacts_7d
    return np.asarray(enough | np.asarray(features["is_followed_up"]))

"""A made log of decisions: what was known, who chose which channel with which chance, what came of it.

In: a number of decisions and a seed. Out: one row per decision, with the outcome under *every* channel and
the chances behind it, which no real log has. Methods that learn from logs are tried on it, because on it
their answers can be marked. The effects of the channels in it are invented and say nothing about channels.
"""

from __future__ import annotations

from nbalib.sources.synthetic.decision_log.log import DECISION_LOG, made_decision_log
from nbalib.sources.synthetic.decision_log.truth import ACTIONS, HORIZON_HOURS

__all__ = ["ACTIONS", "DECISION_LOG", "HORIZON_HOURS", "made_decision_log"]

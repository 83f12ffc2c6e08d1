"""What would another policy have brought? Answers from a log of decisions, or the reasons why there are none.

In: logged decisions with the chance of every action, and the actions of a candidate policy. Out: estimates
with intervals, or refusals with numbers. `log` reads, `checks` refuses what cannot be, `row_values` holds
the estimators, `outcome_model` what they predict with, `estimate` turns rows into an interval, `chances`,
`diagnostics` and `floors` say whether it may be believed, `evaluate` puts these together, `candidates` gives
policies and `tables` frames, `simulation` tries all of it where the truth is known, on `population` and
`damages`, and `identification` says what a store can answer at all.
"""

from __future__ import annotations

from nbalib.evaluation.policy.estimate import Estimate
from nbalib.evaluation.policy.evaluate import Evaluation, evaluate
from nbalib.evaluation.policy.floors import Floors
from nbalib.evaluation.policy.log import LoggedDecisions, read_log

__all__ = ["Estimate", "Evaluation", "Floors", "LoggedDecisions", "evaluate", "read_log"]

"""A decision trace as a small table: each step of the way to the decision, in words.

In: the trace of one decision, JSON. Out: a frame with `step` and `what`, in the order of the steps.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd

from nbalib.decisions.channels import CHANNELS

if TYPE_CHECKING:
    from collections.abc import Iterable

ANCHORS = {
    "as_of": "the instant of decision",
    "last_agent": "the agent's last message",
    "last_customer": "the customer's last message",
}


def trace_table(trace: str) -> pd.DataFrame:
    """Say a trace step by step: channels, rules, time, and every number used."""
    seen = json.loads(trace)
    ruled_out = [
        f"{_channel(channel)}: {_words(stage)}" for channel, stage in seen["removed"].items() if stage
    ]
    counted = ANCHORS.get(seen["delay_counts_from"], seen["delay_counts_from"])
    used = seen["numbers"].items()
    flags = {name: value for name, value in used if isinstance(value, bool)}
    numbers = {name: value for name, value in used if isinstance(value, int | float) and name not in flags}
    words = {name: value for name, value in used if isinstance(value, str)}
    steps = {
        "Channels that may be used": ", ".join(_channel(name) for name in seen["candidates"]),
        "Channels ruled out": "; ".join(ruled_out) or "none",
        "Fact that decided the state": _words(seen["status_reason"]),
        "Rules that held, in their order": _listed(seen["fired"]),
        "Held, but channel ruled out": _listed(seen["blocked"]),
        "Rule that decided": _words(seen["rule"]),
        "Runner-up": _words(seen["runner_up"] or "none"),
        "Time": f"{seen['delay_hours']:g} h after {counted} or later, when the brand's hours allow it",
        "Numbers used": ", ".join(f"{_words(name)} {value:.3g}" for name, value in numbers.items()) or "none",
        "Words used": ", ".join(f"{_words(name)} {_words(value)}" for name, value in words.items()) or "none",
        "Facts used that hold": _listed(name for name, holds in flags.items() if holds),
        "Facts used that do not hold": _listed(name for name, holds in flags.items() if not holds),
        "Used, and unknown": _listed(name for name, value in used if value is None),
    }
    return pd.DataFrame({"step": list(steps), "what": list(steps.values())})


def _channel(name: str) -> str:
    return CHANNELS[name].words if name in CHANNELS else _words(name)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(_words(name) for name in names) or "none"


def _words(name: str) -> str:
    return str(name).replace("_", " ")

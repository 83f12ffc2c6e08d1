"""Hand labels of real conversations: read, check, settle, join.

In: `labels.csv`, one row per conversation and reader, as `GUIDELINES.md` describes it. Out: pandas frames
with its columns, all of them strings; several values in one cell are joined by ``+``.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from nbalib.errors import NotFoundError, SchemaError, SourceError, nearest

if TYPE_CHECKING:
    from pathlib import Path

VOCABULARY: dict[str, tuple[str, ...]] = {
    "part": ("random", "enriched", "long", "rest"),
    "reader": ("A", "B", "adjudicated"),
    "resolution": ("resolved", "open", "no_issue", "unclear"),
    "awaiting": ("agent", "customer", "nobody"),
    "mood": ("positive", "neutral", "negative"),
    "agent_actions": (
        "public_answer",
        "ask_dm",
        "dm_button",
        "help_link",
        "phone",
        "email",
        "form",
        "information_request",
        "steps",
        "apology_only",
        "escalation",
        "closing",
        "none",
    ),
    "channels": ("twitter_dm_reply", "email_reply", "scheduling_phone_call", "no_action"),
}
"""The values of each column that has a closed list."""

SEVERAL = ("agent_actions", "channels")
"""Columns with one or more values in a cell; the first of `channels` is the best."""

COLUMNS = (
    *("conversation_id", "last_interaction_id", "part", "reader", "resolution", "awaiting", "mood"),
    *("agent_actions", "channels", "reason"),
)
KEY = ("conversation_id", "reader")
MAX_REASON_WORDS = 10
SETTLED_BY = ("adjudicated", "A", "B")
"""Whose label counts, the first that there is."""


@dataclass(frozen=True)
class Joined:
    """Labels with the stored conversations that they are about, and what could not be used.

    `frame` has the labels' columns, with the store's `conversation_id`; `n_unknown` labels are about
    conversations that are not stored, `n_grown` about stored ones that have messages after those judged.
    """

    frame: pd.DataFrame
    n_unknown: int
    n_grown: int


def load_labels(path: Path | None = None) -> pd.DataFrame:
    """Read labels and check them: columns, values, keys.

    Parameters
    ----------
    path : Path, optional
        A file of the same form; by default the labels that are shipped.

    Raises
    ------
    SourceError
        The file cannot be read as CSV.
    SchemaError
        A column is missing, a value is not on its list, or a conversation has two labels of one reader.
    """
    source = path or resources.files(__package__).joinpath("labels.csv")
    try:
        with source.open(encoding="utf-8") as file:
            labels = pd.read_csv(file, dtype=str, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise SourceError(f"{source.name} cannot be read as labels: {error}") from error
    _check(labels, source.name)
    return pd.DataFrame(labels[list(COLUMNS)])


def gold(labels: pd.DataFrame) -> pd.DataFrame:
    """Settle on one label a conversation: the adjudicated one, else reader A's, else reader B's.

    Returns
    -------
    DataFrame, shape (n_conversations, …)
        In the order of conversation_id.
    """
    ranked = labels.assign(_rank=labels["reader"].map({name: n for n, name in enumerate(SETTLED_BY)}))
    first = ranked.sort_values(["conversation_id", "_rank"]).drop_duplicates("conversation_id")
    return pd.DataFrame(first.drop(columns="_rank").reset_index(drop=True))


def join(labels: pd.DataFrame, conversations: pd.DataFrame, *, partial: bool = False) -> Joined:
    """Find the stored conversation of each label, by its id, else by the last message judged.

    Parameters
    ----------
    labels : DataFrame, shape (n, …)
        One label a conversation.
    conversations : DataFrame, shape (m, …)
        Columns conversation_id and last_interaction_id.
    partial : bool
        Accept labels of conversations that are not stored (or have grown) and count them.

    Raises
    ------
    NotFoundError
        Some are not stored, and `partial` is not set.
    """
    ids = pd.Series(conversations["conversation_id"].to_numpy(), dtype="str")
    lasts = pd.Series(conversations["last_interaction_id"].to_numpy(), dtype="str")
    of_last = pd.Series(ids.to_numpy(), index=lasts)[~lasts.duplicated(keep=False).to_numpy()]
    named = labels["conversation_id"].isin(ids)
    found = labels["conversation_id"].where(named, labels["last_interaction_id"].map(of_last))
    known = found.notna()
    if not partial and not known.all():
        example = labels.loc[~known, "conversation_id"].iloc[0]
        raise NotFoundError(
            f"{int((~known).sum())} of {len(labels)} labelled conversations are not stored, such as {example}"
        )
    now_last = found.map(pd.Series(lasts.to_numpy(), index=ids))
    grown = known & (now_last != labels["last_interaction_id"])
    frame = labels.assign(conversation_id=found)[known & ~grown].reset_index(drop=True)
    return Joined(frame, int((~known).sum()), int(grown.sum()))


def _check(labels: pd.DataFrame, name: str) -> None:
    """Refuse labels that break their form; an error names file, column, how many and one example."""
    for column in COLUMNS:
        if column not in labels:
            raise SchemaError(f"{name} has no column {column!r}{nearest(column, labels.columns)}")
    for column, allowed in VOCABULARY.items():
        _check_values(labels, column, allowed, name)
    for column in ("conversation_id", "last_interaction_id"):
        empty = labels[column] == ""
        if empty.any():
            raise SchemaError(f"{name}: {int(empty.sum())} rows without {column}, first row {_row(empty)}")
    twice = labels.duplicated(list(KEY))
    if twice.any():
        example = " by ".join(labels.loc[twice, list(KEY)].iloc[0])
        raise SchemaError(f"{name}: {int(twice.sum())} labels are given twice, such as {example}")
    long = labels["reason"].map(lambda reason: len(reason.split())) > MAX_REASON_WORDS
    if long.any():
        raise SchemaError(
            f"{name}: {int(long.sum())} reasons have over {MAX_REASON_WORDS} words, first row {_row(long)}"
        )


def _check_values(labels: pd.DataFrame, column: str, allowed: tuple[str, ...], name: str) -> None:
    """Refuse values that are not on the list, and in columns of several a value named twice."""
    several = column in SEVERAL
    cells = labels[column].str.split("+") if several else labels[column].map(lambda cell: [cell])
    wrong = cells.map(lambda values: not set(values) <= set(allowed) or len(set(values)) < len(values))
    if wrong.any():
        example = labels.loc[wrong, column].iloc[0]
        raise SchemaError(
            f"{name}: {int(wrong.sum())} values of {column} are not {', '.join(allowed)}, such as {example!r}"
        )


def _row(which: pd.Series) -> int:
    """Give the first row, counted as an editor counts lines, where `which` holds."""
    return int(np.flatnonzero(which.to_numpy())[0]) + 2

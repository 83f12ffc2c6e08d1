"""What a program says of the labelled conversations, beside what the readers said.

In: settled labels, tables of a store or of predictions. Out: pandas frames, one row a conversation, ready
for `agreement`; and what the simplest program would say, as a measure of how far a better one has come.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow.compute as pc

from nbalib.errors import InputError
from nbalib.resolution.labels import join

if TYPE_CHECKING:
    import pyarrow as pa

NO_BRAND = "no known brand"
SAID = ("resolution_status", "awaiting", "status_reason", "brand_account_id")
THANKS_OR_FIXED = r"(?i)\b(?:thank\w*|thx|ty|cheers|solved|resolved|fixed|sorted|works? now|working now)\b"


@dataclass(frozen=True)
class Judged:
    """Labelled conversations that can be compared, and how many cannot.

    `frame` has the labels' columns and `said_resolution`, `said_awaiting`, `status_reason`, `brand` and
    `n_customer_messages`; `n_unclear` conversations have a label that names no status, `n_unknown` are
    not stored, and `n_grown` have messages after those that were judged.
    """

    frame: pd.DataFrame
    n_unclear: int
    n_unknown: int
    n_grown: int


def judged(settled: pd.DataFrame, conversations: pa.Table, *, partial: bool = False) -> Judged:
    """Put the stored status of each labelled conversation beside its label.

    Parameters
    ----------
    settled : DataFrame
        One label a conversation, as `labels.gold` gives it.
    conversations : Table
        The table `conversations` of a store.
    partial : bool
        Count labels of conversations that are not stored, or have grown, instead of refusing them.

    Raises
    ------
    NotFoundError
        Some are not stored, and `partial` is not set.
    """
    names = ["conversation_id", "last_interaction_id", "n_customer_messages", *SAID]
    stored = conversations.select(names).to_pandas()
    joined = join(settled, stored, partial=partial)
    said = stored.drop(columns="last_interaction_id").rename(
        columns={
            "resolution_status": "said_resolution",
            "awaiting": "said_awaiting",
            "brand_account_id": "brand",
        }
    )
    frame = joined.frame.merge(said, on="conversation_id", how="left", validate="one_to_one")
    frame["brand"] = frame["brand"].fillna(NO_BRAND)
    clear = frame["resolution"] != "unclear"
    kept = frame[clear].reset_index(drop=True)
    return Judged(kept, int((~clear).sum()), joined.n_unknown, joined.n_grown)


def with_channel(frame: pd.DataFrame, predictions: pa.Table) -> pd.DataFrame:
    """Add the decided channel and its rule to each conversation, as `said_channel` and `rule`.

    Raises
    ------
    InputError
        A conversation has no decision, or more than one.
    """
    decided = predictions.select(["conversation_id", "channel", "rule"]).to_pandas()
    decided = decided[decided["conversation_id"].isin(frame["conversation_id"])]
    twice = decided["conversation_id"].duplicated()
    missing = frame.loc[~frame["conversation_id"].isin(decided["conversation_id"]), "conversation_id"]
    if twice.any() or len(missing):
        example = (decided.loc[twice, "conversation_id"].tolist() + missing.tolist())[0]
        raise InputError(
            f"{len(missing)} labelled conversations have no decision and {int(twice.sum())} more than one, "
            f"such as {example}"
        )
    return frame.merge(decided.rename(columns={"channel": "said_channel"}), on="conversation_id", how="left")


def closing_words(frame: pd.DataFrame, turns: pa.Table, interactions: pa.Table) -> pd.Series:
    """Give what each customer wrote last, in the order of `frame`; empty where there is nothing.

    Parameters
    ----------
    frame : DataFrame
        Column conversation_id.
    turns, interactions : Table
        The tables of that name of a store.
    """
    counted = pc.and_(pc.equal(turns["author_role"], "customer"), pc.invert(turns["is_opening"]))
    places = turns.filter(counted).select(["conversation_id", "interaction_id", "turn"]).to_pandas()
    last = places.sort_values("turn").drop_duplicates("conversation_id", keep="last")
    words = interactions.select(["interaction_id", "content_text"]).to_pandas()
    texts = last.merge(words, on="interaction_id").set_index("conversation_id")["content_text"]
    return pd.Series(frame["conversation_id"].map(texts).fillna(""), name="closing_words")


def thanks_or_fixed(words: pd.Series) -> list[str]:
    """Call resolved whatever ends with a customer's thanks or word of a fix, and all else open."""
    return ["resolved" if hit else "open" for hit in words.str.contains(THANKS_OR_FIXED, regex=True)]

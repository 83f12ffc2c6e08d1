"""How well the statuses agree with labels by hand: the noise of the weak labels.

In: the stored conversations. Out: precision and recall of ``resolved``, over those that people labelled;
empty where none of them is stored, as in every store but one of the labelled data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbalib.resolution.labels import gold, join, load_labels

if TYPE_CHECKING:
    import pandas as pd

NATURAL = "random"
"""The part of the labels that was drawn by chance: only it has the shares that occur."""
LEAST = 30
"""Labelled conversations below which nothing is said."""


def status_noise(conversations: pd.DataFrame, labels: pd.DataFrame | None = None) -> dict[str, float]:
    """Compare statuses with the settled labels of the part drawn by chance; unclear ones are left out.

    Parameters
    ----------
    conversations : DataFrame
        Columns conversation_id, last_interaction_id, resolution_status.
    labels : DataFrame, optional
        By default those that are shipped.

    Returns
    -------
    dict
        n, n_resolved (by hand), precision, recall; empty if fewer than 30 are stored, or none is resolved.
    """
    settled = gold(load_labels() if labels is None else labels)
    drawn = settled[(settled["part"] == NATURAL) & (settled["resolution"] != "unclear")]
    found = join(drawn, conversations, partial=True).frame
    statuses = conversations.set_index("conversation_id")["resolution_status"]
    said = (found["conversation_id"].map(statuses) == "resolved").to_numpy()
    true = (found["resolution"] == "resolved").to_numpy()
    if len(found) < LEAST or not said.any() or not true.any():
        return {}
    both = float((said & true).sum())
    return {
        "n": float(len(found)),
        "n_resolved": float(true.sum()),
        "precision": both / float(said.sum()),
        "recall": both / float(true.sum()),
    }

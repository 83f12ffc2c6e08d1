"""The figures of policy evaluation show what is in their frames, for any number of rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from nbalib.evaluation import policy_plots
from nbalib.evaluation.policy.row_values import METHODS
from nbalib.evaluation.policy_plots import METHOD_COLOURS, METHOD_WORDS
from nbalib.runs.shown import picture

FRAMES = {
    "policy_values": pd.DataFrame(
        {
            "policy": ["rules", "always call", "small"],
            "value": [0.5, 0.4, np.nan],
            "low": [0.45, 0.3, np.nan],
            "high": [0.55, 0.5, np.nan],
            "truth": [0.51, np.nan, 0.4],
            "plain": [0.52, 0.2, np.nan],
            "n_effective": [1200.0, 300.0, 12.0],
        }
    ),
    "coverage": pd.DataFrame(
        {
            "scenario": ["a", "a", "b"],
            "method": ["ips", "snips", "ips"],
            "coverage": [0.95, 0.9, 0.0],
            "n_simulations": [40, 40, 40],
        }
    ),
    "propensities": pd.DataFrame(
        {
            "action": ["no_action", "new", "new"],
            "n": [5, 1, 2],
            "propensity": [1, 0.2, 0.4],
            "share_done": [1, 0, 0.5],
        }
    ),
}
MORE = {"policy_values": {"practice": 0.45}}


@pytest.mark.parametrize("rows", [3, 1, 0])
@pytest.mark.parametrize("name", sorted(FRAMES))
def test_every_figure_draws_any_number_of_rows(name, rows):
    """Several rows, one and none give a picture without a warning."""
    drawn = picture(getattr(policy_plots, name)(FRAMES[name].head(rows), **MORE.get(name, {})))
    assert drawn.png[:4] == b"\x89PNG"
    assert len(drawn.alt) > 10


def test_a_refused_policy_has_no_dot():
    """It stands in its row with the word, and the others with their effective size."""
    figure = policy_plots.policy_values(FRAMES["policy_values"], practice=0.45)
    (axes,) = figure.axes
    notes = [text.get_text() for text in axes.texts]
    assert {"n = 1,200", "n = 300", "refused", "the team's practice"} <= set(notes)
    estimates = axes.lines[1]
    assert np.isfinite(estimates.get_xdata()).sum() == 2
    assert [label.get_text() for label in axes.get_yticklabels()] == ["rules", "always call", "small"]


def test_every_estimator_has_its_colour_and_words():
    """No two look the same."""
    assert list(METHOD_COLOURS) == list(METHOD_WORDS) == list(METHODS)
    assert len(set(METHOD_COLOURS.values())) == len(METHODS)

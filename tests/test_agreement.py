"""Agreement: kappa, precision, recall and F1 as worked out on paper, and intervals that mean something."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from nbalib.errors import InputError
from nbalib.resolution.agreement import accepted_share, class_scores, confusion, reader_agreement
from nbalib.resolution.resampling import draw_counts, interval

TRUTH = ["resolved", "resolved", "resolved", "open", "open", "open", "open", "no_issue"]
SAID = ["resolved", "resolved", "open", "open", "open", "open", "resolved", "no_issue"]


def two_readers(first: list[str], second: list[str]) -> pd.DataFrame:
    """Make labels of two readers who differ in `resolution` only."""
    rows = []
    for reader, said in (("A", first), ("B", second)):
        for place, status in enumerate(said):
            rows.append({"conversation_id": f"twitter:{place}:c", "reader": reader, "resolution": status})
    fixed = {"awaiting": "agent", "mood": "neutral", "agent_actions": "steps", "channels": "no_action"}
    return pd.DataFrame(rows).assign(**fixed)


def test_scores_of_classes() -> None:
    """Of 3 resolved 2 are found and 1 of 3 said is wrong; of 4 open 3 and 1; macro F1 is the mean."""
    scores = class_scores(TRUTH, SAID).set_index("class")
    assert scores["f1"].round(6).to_dict() == {
        "resolved": 0.666667,
        "open": 0.75,
        "no_issue": 1.0,
        "macro": round((2 / 3 + 3 / 4 + 1) / 3, 6),
    }
    assert scores.loc["resolved", ["n_true", "n_said"]].tolist() == [3, 3]
    assert scores.loc["open", ["precision", "recall"]].tolist() == [0.75, 0.75]


def test_precision_and_recall_are_not_mixed_up() -> None:
    """One of two said is right, and it is the only true one: precision a half, recall one, F1 two thirds."""
    scores = class_scores(["resolved", "open"], ["resolved", "resolved"]).set_index("class")
    assert scores.loc["resolved", ["precision", "recall"]].tolist() == [0.5, 1.0]
    assert scores.loc["resolved", "f1"] == pytest.approx(2 / 3)


def test_a_class_that_nobody_names_has_no_score() -> None:
    """Neither there nor said: NaN, and the mean is over the other classes; no warning, no zero."""
    scores = class_scores(["open"] * 4, ["open"] * 4).set_index("class")
    assert np.isnan(
        scores.loc["no_issue", ["precision", "recall", "f1", "f1_low", "f1_high"]].astype(float)
    ).all()
    assert scores.loc["macro", ["f1", "f1_low", "f1_high"]].tolist() == [1.0, 1.0, 1.0]


def test_intervals_cover_the_truth() -> None:
    """Where 70 % of what is said is right, the interval of precision holds 0.7 in about 95 % of samples."""
    generator = np.random.default_rng(3)
    held = 0
    for _ in range(150):
        truth = np.where(generator.random(200) < 0.7, "resolved", "open")
        row = class_scores(list(truth), ["resolved"] * 200).set_index("class").loc["resolved"]
        held += row["precision_low"] <= 0.7 <= row["precision_high"]
    assert 0.9 < held / 150 <= 1.0


def test_rows_of_one_group_are_drawn_together() -> None:
    """Ten groups of ten equal rows tell no more than ten rows: the interval is as wide as that of the ten."""
    truth = ["resolved"] * 6 + ["open"] * 4
    groups = [f"brand {place}" for place in range(10)]
    few = class_scores(truth, ["resolved"] * 10).set_index("class").loc["resolved"]
    many = class_scores(truth * 10, ["resolved"] * 100, groups=groups * 10).set_index("class").loc["resolved"]
    alone = class_scores(truth * 10, ["resolved"] * 100).set_index("class").loc["resolved"]
    width = {
        name: row["precision_high"] - row["precision_low"]
        for name, row in (("few", few), ("many", many), ("alone", alone))
    }
    assert width["many"] == pytest.approx(width["few"], abs=0.1)
    assert width["alone"] < width["many"] / 2


def test_counts_of_draws() -> None:
    """Each repetition draws as many groups as there are, and rows of one group equally often."""
    counts = draw_counts(5, ["x", "x", "y", "z", "z"], n_draws=50)
    assert (counts[:, [0, 2, 3]].sum(axis=1) == 3).all()
    assert (counts[:, 0] == counts[:, 1]).all()
    assert (counts[:, 3] == counts[:, 4]).all()
    assert draw_counts(0).shape == (2000, 0)


def test_what_exists_in_no_draw_has_no_interval() -> None:
    """Draws without a value are left out; where none has one, both ends are NaN."""
    low, high = interval(np.array([[0.5, np.nan], [np.nan, np.nan], [0.5, np.nan]]))
    assert (low[0], high[0]) == (0.5, 0.5)
    assert np.isnan([low[1], high[1]]).all()


def test_confusion_has_truth_in_rows() -> None:
    """One resolved is called open, one open resolved."""
    table = confusion(TRUTH, SAID)
    assert table.to_numpy().tolist() == [[2, 1, 0], [1, 3, 0], [0, 0, 1]]
    assert (table.index.name, table.columns.name) == ("truth", "said")


def test_kappa_of_two_readers() -> None:
    """Seen 6 of 8, by chance (3 * 3 + 4 * 4 + 1) / 64 = 26 / 64: kappa is (48 - 26) / (64 - 26) = 22 / 38."""
    rows = reader_agreement(two_readers(TRUTH, SAID)).set_index("question")
    assert rows.loc["resolution", "share"] == 0.75
    assert rows.loc["resolution", "kappa"] == pytest.approx(22 / 38)
    assert rows.loc["resolution", "kappa_low"] < 22 / 38 < rows.loc["resolution", "kappa_high"]


def test_one_and_the_same_answer_has_no_kappa() -> None:
    """Where both say the same of everything, chance explains it all: NaN, not one."""
    rows = reader_agreement(two_readers(TRUTH, SAID)).set_index("question")
    assert rows.loc["mood", "share"] == 1.0
    assert np.isnan(rows.loc["mood", ["kappa", "kappa_low", "kappa_high"]].astype(float)).all()


def test_questions_of_several_values_are_taken_apart() -> None:
    """Best channel, each channel and each action is a question of its own."""
    labels = two_readers(["open", "open"], ["open", "open"])
    labels["channels"] = ["no_action", "email_reply+no_action", "no_action", "no_action+email_reply"]
    rows = reader_agreement(labels).set_index("question")
    assert rows.loc["best channel", "share"] == 0.5
    assert rows.loc["channels: email_reply", ["share", "kappa"]].tolist() == [1.0, 1.0]
    assert rows.loc["agent_actions: steps", "share"] == 1.0


def test_readers_with_nothing_in_common_are_refused() -> None:
    """Agreement needs a conversation that both have read."""
    labels = two_readers(["open"], ["open"]).query("reader == 'A'")
    with pytest.raises(InputError, match="no conversation was read by both A and B"):
        reader_agreement(labels)


def test_share_of_accepted_channels() -> None:
    """Two of four chosen channels are in the accepted set; a name within a name does not count."""
    share = accepted_share(
        ["twitter_dm_reply+no_action", "no_action", "scheduling_phone_call", "email_reply"],
        ["no_action", "no_action", "twitter_dm_reply", "no_action"],
    )
    assert (share.value, share.n) == (0.5, 4)
    assert share.low < 0.5 < share.high


def test_shares_of_nothing() -> None:
    """No rows: no share, and no crash."""
    assert accepted_share([], []).n == 0
    assert np.isnan(accepted_share([], []).value)
    assert class_scores([], [])["n_true"].tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("truth", "said", "words"),
    [
        (["open"], ["open", "open"], "1 and 2 rows cannot be compared"),
        (["open"], ["closed"], "1 values are none of the classes resolved, open, no_issue: 'closed'"),
        (["unclear"], ["open"], "none of the classes .* 'unclear'"),
    ],
)
def test_unequal_or_unknown_values_are_refused(truth: list[str], said: list[str], words: str) -> None:
    """Rows that do not pair up and values that are no class are named."""
    with pytest.raises(InputError, match=words):
        class_scores(truth, said)


def test_an_unknown_channel_is_refused() -> None:
    """A decision for a channel that readers could not name cannot be judged."""
    with pytest.raises(InputError, match=r"1 values are none of the channels .*'fax'"):
        accepted_share(["no_action"], ["fax"])

"""The program's word beside the readers': each row is paired, none is guessed; the baseline is plain."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pytest

from nbalib.errors import InputError, NotFoundError
from nbalib.resolution.agreement import class_scores, f1_gain
from nbalib.resolution.judged import closing_words, judged, thanks_or_fixed, with_channel

LABELS = pd.DataFrame(
    {
        "conversation_id": ["twitter:1:a", "twitter:2:b", "twitter:3:c"],
        "last_interaction_id": ["twitter:11", "twitter:12", "twitter:13"],
        "part": "random",
        "resolution": ["resolved", "open", "unclear"],
        "awaiting": ["nobody", "customer", "nobody"],
        "channels": ["no_action", "twitter_dm_reply", "no_action"],
    }
)
STORED = pa.table(
    {
        "conversation_id": ["twitter:3:c", "twitter:2:b", "twitter:1:a", "twitter:4:d"],
        "last_interaction_id": ["twitter:13", "twitter:12", "twitter:11", "twitter:14"],
        "n_customer_messages": [1, 2, 3, 1],
        "resolution_status": ["open", "open", "resolved", "open"],
        "awaiting": ["agent", "agent", "nobody", "agent"],
        "status_reason": ["x", "customer_waits", "customer_thanks", "x"],
        "brand_account_id": ["Brand", None, "Brand", "Brand"],
    }
)


def test_each_label_meets_the_status_of_its_own_conversation() -> None:
    """Rows are paired by id and not by place; an unclear label is left out and counted."""
    result = judged(LABELS, STORED)
    frame = result.frame
    assert frame["conversation_id"].tolist() == ["twitter:1:a", "twitter:2:b"]
    assert frame["said_resolution"].tolist() == ["resolved", "open"]
    assert frame["awaiting"].tolist() == ["nobody", "customer"]
    assert frame["said_awaiting"].tolist() == ["nobody", "agent"]
    assert frame["brand"].tolist() == ["Brand", "no known brand"]
    assert (result.n_unclear, result.n_unknown, result.n_grown) == (1, 0, 0)


def test_labels_without_a_stored_conversation() -> None:
    """What is not stored is refused with an example, or counted where a part is enough."""
    part = STORED.slice(0, 2)
    with pytest.raises(NotFoundError, match=r"1 of 3 .* such as twitter:1:a"):
        judged(LABELS, part)
    assert judged(LABELS, part, partial=True).n_unknown == 1


def test_each_conversation_gets_its_decision() -> None:
    """Channel and rule are paired by id; decisions about other conversations do not matter."""
    decided = pa.table(
        {
            "conversation_id": ["twitter:4:d", "twitter:2:b", "twitter:1:a"],
            "channel": ["email_reply", "twitter_dm_reply", "no_action"],
            "rule": ["w", "fresh_message", "nothing_open"],
        }
    )
    frame = with_channel(judged(LABELS, STORED).frame, decided)
    assert frame["said_channel"].tolist() == ["no_action", "twitter_dm_reply"]
    assert frame["rule"].tolist() == ["nothing_open", "fresh_message"]
    with pytest.raises(
        InputError, match=r"1 labelled conversations have no decision and 0 more .* twitter:1:a"
    ):
        with_channel(judged(LABELS, STORED).frame, decided.slice(0, 2))
    with pytest.raises(
        InputError, match=r"0 labelled conversations have no decision and 1 more .* twitter:2:b"
    ):
        with_channel(judged(LABELS, STORED).frame, pa.concat_tables([decided, decided.slice(1, 1)]))


def test_closing_words_are_the_customers_own_last() -> None:
    """Neither the agent's later message nor one of the opening counts; who wrote nothing has no words."""
    turns = pa.table(
        {
            "conversation_id": ["twitter:1:a"] * 4 + ["twitter:2:b"],
            "interaction_id": ["o", "m", "n", "z", "p"],
            "turn": [0, 1, 2, 3, 0],
            "author_role": ["customer", "customer", "customer", "agent", "customer"],
            "is_opening": [True, False, False, False, True],
        }
    )
    texts = pa.table({"interaction_id": list("zpnmo"), "content_text": ["bye", "hi", "thanks", "help", "x"]})
    assert closing_words(LABELS[:2], turns.take([2, 0, 4, 3, 1]), texts).tolist() == ["thanks", ""]


def test_the_baseline_knows_words_only() -> None:
    """Thanks of any kind and a fix are resolved, sarcasm included; parts of words and silence are not."""
    words = ["THANKS for nothing", "it works now", "all fixed!", "thankyou", "party of unfixedness", ""]
    assert thanks_or_fixed(pd.Series(words)) == ["resolved"] * 4 + ["open"] * 2


def test_gain_over_a_baseline_is_paired() -> None:
    """Two of four found against none: F1 of resolved 2/3 against 0; equal answers gain nothing ever."""
    truth = ["resolved"] * 4 + ["open"] * 4
    said = ["resolved"] * 2 + ["open"] * 6
    gain = f1_gain(truth, said, ["open"] * 8).set_index("class")
    assert gain.loc["resolved", "gain"] == pytest.approx(2 / 3)
    assert gain.loc["resolved", "gain_low"] < 2 / 3 < gain.loc["resolved", "gain_high"]
    before, after = class_scores(truth, ["open"] * 8), class_scores(truth, said)
    assert gain.loc["macro", "gain"] == pytest.approx(after["f1"].iloc[-1] - before["f1"].iloc[-1])
    same = f1_gain(truth, said, said).set_index("class").loc["macro"]
    assert same.tolist() == [0.0, 0.0, 0.0]

"""The named facts of a conversation's state, from which its status is weighed.

In: rows of `states_of`. Out: one truth per fact and row. A fact speaks of the messages known, never of how
much time has passed since. "Last" is a side's last run of messages; what thanks, confirms or contests is its
very last message.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.compute as pc

from nbalib.conversations.flags import says

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    Truths = NDArray[np.bool_]
    Flags = NDArray[np.int64]

SAID = ("final_customer", "last_customer", "first_customer", "any_customer", "last_agent", "any_agent")
PRIVATE = ("asks_dm", "asks_call", "asks_email", "asks_form")
UPSET = ("is_complaint", "denies_fix", "is_urgent", "is_escalation", "is_sarcastic")
CONTEST = ("is_complaint", "denies_fix", "is_escalation", "is_sarcastic")

MILD = 2_000
"""Mean mood points from which a customer counts as pleased, or below their negative as unhappy."""


def facts_of(state: pa.Table) -> dict[str, Truths]:
    """Find which facts hold.

    Parameters
    ----------
    state : Table, shape (n, …)
        Columns of `states_of`.

    Returns
    -------
    dict of arrays of bool, shape (n,)
        By the fact's name, in one order always.
    """
    seen = _seen(state)
    return _of_shape(seen) | _of_customer(seen) | _of_relief(seen) | _of_agent(seen) | _of_answers(seen)


@dataclass(frozen=True)
class _Seen:
    """What several facts are made of: flags of the last, first and all words of a side, and truths."""

    state: pa.Table
    final: Flags
    customer: Flags
    first: Flags
    ever: Flags
    agent: Flags
    agents: Flags
    mood: Flags
    n_moods: Flags
    wrote: Truths
    answered: Truths
    replied: Truths
    agent_last: Truths
    promised: Truths
    passed_on: Truths
    aside: Truths
    asks: Truths
    trouble: Truths
    wants: Truths
    calm: Truths
    short: Truths
    contests: Truths
    thanks: Truths
    confirms: Truths
    will: Truths
    private: Truths
    asked: Truths
    explains: Truths
    leaves_open: Truths
    statement: Truths


def _seen(state: pa.Table) -> _Seen:
    flags = {name: state[f"{name}_flags"].to_numpy() for name in SAID}
    final, customer, ever, agent = (
        flags[name] for name in ("final_customer", "last_customer", "any_customer", "last_agent")
    )
    wrote = state["n_customer_messages"].to_numpy() > 0
    replied = np.asarray(state["customer_replied"])
    agent_last = np.asarray(pc.equal(state["last_author"], "agent"))
    promised = np.asarray(state["promised"].is_valid())
    asks, trouble = says(ever, "is_question"), says(ever, "names_trouble", *UPSET)
    contests = says(final, *CONTEST)
    private = says(agent, *PRIVATE)
    asked = says(agent, "asks_information", "is_question", "checks_back") & ~says(agent, "closes_politely")
    leaves_open = private | asked | promised | says(agent, "has_no_answer")
    return _Seen(
        state,
        final=final,
        customer=customer,
        first=flags["first_customer"],
        ever=ever,
        agent=agent,
        agents=flags["any_agent"],
        mood=np.asarray(state["mood_points_sum"]),
        n_moods=np.maximum(np.asarray(state["n_moods"]), 1),
        wrote=wrote,
        answered=state["n_agent_messages"].to_numpy() > 0,
        replied=replied,
        agent_last=agent_last,
        promised=promised,
        passed_on=np.asarray(pc.fill_null(pc.equal(state["promised"], "pass_on"), False)),
        aside=np.asarray(state["is_aside"]),
        asks=asks,
        trouble=trouble,
        wants=asks | says(ever, "wants_something"),
        calm=wrote & ~trouble & ~asks,
        short=wrote & ~says(final, "has_words"),
        contests=contests,
        thanks=replied & says(final, "says_thanks") & ~contests,
        confirms=says(final, "confirms_fix") & ~contests,
        will=says(customer, "will_act"),
        private=private,
        asked=asked,
        explains=says(agent, "gives_steps", "has_help_link"),
        leaves_open=leaves_open,
        statement=agent_last & ~leaves_open,
    )


def _of_shape(s: _Seen) -> dict[str, Truths]:
    """Find who wrote, how much and to whom."""
    return {
        "agent_spoke_last": s.agent_last,
        "nobody_answered": ~s.answered,
        "customer_replied": s.replied,
        "addresses_nobody": ~s.answered & np.asarray(s.state["brand_account_id"].is_null()),
        "talks_to_another_customer": s.aside,
        "one_message_each": (s.state["n_customer_messages"].to_numpy() == 1)
        & (s.state["n_agent_messages"].to_numpy() == 1),
        "many_messages": s.state["n_customer_messages"].to_numpy() > 2,
        "has_a_topic": np.asarray(s.state["conversation_topic"].is_valid()),
        "is_pleased": s.mood > MILD * s.n_moods,
        "is_unhappy": s.mood < -MILD * s.n_moods,
        "says_hardly_a_word": s.calm & ~says(s.ever, "has_words"),
        "last_words_hardly_any": s.short & ~says(s.final, "names_trouble", "is_question", *UPSET),
    }


def _of_customer(s: _Seen) -> dict[str, Truths]:
    """Find what the customer says."""
    return {
        "aside_without_trouble": s.aside & ~s.trouble,
        "takes_a_statement": s.replied
        & s.short
        & ~s.agent_last
        & ~s.leaves_open
        & ~says(s.final, "is_question"),
        "wants_something": s.wants,
        "wants_something_last": says(s.customer, "wants_something"),
        "wants_nothing_nothing_wrong": s.calm & ~s.wants,
        "nothing_asked_nothing_wrong": s.calm,
        "asks_with_nothing_wrong": s.asks & ~s.trouble,
        "asks": s.asks,
        "asks_last": says(s.customer, "is_question"),
        "asks_last_and_waits": says(s.customer, "is_question") & ~s.agent_last,
        "trouble": s.trouble,
        "trouble_last": says(s.customer, "names_trouble"),
        "upset": says(s.ever, *UPSET),
        "upset_last": says(s.customer, *UPSET),
        "complains": says(s.ever, "is_complaint"),
        "is_urgent": says(s.ever, "is_urgent"),
        "escalates": says(s.ever, "is_escalation"),
        "is_sarcastic": says(s.ever, "is_sarcastic"),
        "denies_fix": says(s.ever, "denies_fix"),
        "denies_fix_last": says(s.customer, "denies_fix"),
        "praises_first": says(s.first, "is_praise"),
        "praises": says(s.ever, "is_praise"),
        "praises_last_in_reply": s.replied & says(s.customer, "is_praise"),
        "praise_with_nothing_wrong": says(s.ever, "is_praise", "says_thanks") & ~s.trouble & ~s.asks,
        "thanks_first": says(s.first, "says_thanks"),
        "advertises": says(s.ever, "is_promotion"),
        "will_act": s.will,
        "will_act_waits": s.will & s.answered & ~s.agent_last & ~says(s.final, "is_question", "denies_fix"),
        "has_sent": says(s.customer, "has_sent"),
    }


def _of_relief(s: _Seen) -> dict[str, Truths]:
    """Find how the customer thanks and confirms, and what was left to do then."""
    return {
        "thanks": s.thanks,
        "thanks_with_nothing_left": s.thanks
        & ~s.private
        & ~s.asked
        & ~s.will
        & ~says(s.customer, "is_question"),
        "thanks_with_nothing_wrong": s.thanks & ~s.trouble,
        "thanks_then_closed": s.thanks
        & s.agent_last
        & says(s.agent, "closes_politely")
        & ~s.private
        & ~s.asked,
        "thanks_but_promised": s.thanks & s.promised,
        "thanks_but_pointed_elsewhere": s.thanks & s.private,
        "confirms_fix": s.confirms,
        "confirms_fix_though_upset": s.replied & says(s.final, "confirms_fix") & s.contests,
        "confirms_when_asked": s.replied
        & says(s.final, "says_thanks", "confirms_fix", "is_praise")
        & says(s.agents, "checks_back")
        & ~says(s.final, "names_trouble", "is_question", *CONTEST),
        "confirms_fix_in_reply": s.confirms & s.replied & ~says(s.customer, "is_question"),
        "confirms_then_closed": s.confirms & s.agent_last & says(s.agent, "closes_politely"),
    }


def _of_agent(s: _Seen) -> dict[str, Truths]:
    """Find what the agents say."""
    return {
        "asked_for_private_way": s.agent_last & s.private,
        "asked_for_dm": says(s.agents, "asks_dm"),
        "asked_for_form": says(s.agent, "asks_form"),
        "asked_for_information": s.agent_last & s.asked,
        "asked_for_information_ever": says(s.agents, "asks_information"),
        "apologised": says(s.agents, "is_apology"),
        "apologised_last": s.agent_last & says(s.agent, "is_apology"),
        "only_apologised": s.statement
        & says(s.agent, "is_apology")
        & ~s.explains
        & ~says(s.agent, "offers_help"),
        "promised": s.agent_last & s.promised,
        "passed_on_last": s.agent_last & s.passed_on,
        "passed_on": s.passed_on,
        "checked_back": s.agent_last & says(s.agent, "checks_back"),
        "had_no_answer": s.agent_last & says(s.agent, "has_no_answer"),
        "named_an_end": says(s.agent, "names_end"),
        "offered_help": s.agent_last & says(s.agent, "offers_help"),
        "closed_politely": s.agent_last & says(s.agent, "closes_politely"),
        "closed_politely_in_reply": s.agent_last
        & s.replied
        & says(s.agent, "closes_politely")
        & ~s.private
        & ~s.asked,
    }


def _of_answers(s: _Seen) -> dict[str, Truths]:
    """Find what kind of answer met what kind of word."""
    return {
        "explained": s.explains,
        "explained_last": s.agent_last & s.explains,
        "explained_to_a_trouble": s.agent_last & s.explains & s.trouble,
        "explained_to_a_question": s.agent_last & s.explains & s.asks & ~s.trouble & ~s.leaves_open,
        "linked_to_a_question": s.agent_last & s.asks & ~s.replied & says(s.agent, "has_help_link"),
        "stated_in_words_to_a_question": s.statement & s.asks & ~says(s.agent, "has_help_link"),
        "gave_a_help_link": says(s.agent, "has_help_link"),
        "stated_something": s.statement,
        "stated_something_to_a_question": s.statement & s.asks & ~says(s.agent, "offers_help", "is_apology"),
        "stated_something_to_a_plain_question": s.statement & s.asks & ~s.trouble,
        "stated_something_to_a_trouble": s.statement & s.trouble,
        "small_talk": s.statement & s.calm & ~says(s.agents, "is_apology", *PRIVATE),
    }

"""Template messages: right for the situation, safe for a customer, within the channel, always the same."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from nbalib.conversations.patterns.requests import ASKED_FOR, PROMISED
from nbalib.errors import ParameterError, SchemaError
from nbalib.messages.checks import fault_in
from nbalib.messages.prompts import PURPOSES
from nbalib.messages.situations import SITUATIONS, situation
from nbalib.messages.template_file import TOPICS
from nbalib.messages.templates import ROWS_AT_ONCE, load_templates, write_messages
from nbalib.params import Brand, Brands, Voice, load_params

PARAMS = Path(__file__).resolve().parents[1] / "params"
TEMPLATES = load_templates(PARAMS / "messages.yaml")
BRANDS = load_params(PARAMS).brands
CHANNELS = ("twitter_dm_reply", "email_reply", "scheduling_phone_call")
LIMITS = {"twitter_dm_reply": 280, "email_reply": 1200, "scheduling_phone_call": 280, "no_action": 0}

PLAIN = {
    "conversation_id": "twitter:1:115712",
    "status_reason": None,
    "awaiting": "agent",
    "last_author": "customer",
    "n_agent_messages": 0,
    "hours_since_customer": 2.0,
    "is_urgent": False,
    "is_escalation": False,
    "is_complaint": False,
    "is_question": False,
    "asked_channel": None,
    "asked_for": None,
    "promised": None,
    "brand": "sprintcare",
    "topic": None,
    "language": None,
    "channel": "twitter_dm_reply",
}
KINDS = {
    **dict.fromkeys(PLAIN, pa.string()),
    "n_agent_messages": pa.int64(),
    "hours_since_customer": pa.float64(),
    **dict.fromkeys(("is_urgent", "is_escalation", "is_complaint", "is_question"), pa.bool_()),
}

LED_BY = {
    "unanswered": {},
    "complaint": {"is_complaint": True, "is_question": True},
    "question": {"is_question": True},
    "urgent": {"is_urgent": True, "is_complaint": True},
    "escalated": {"is_escalation": True, "is_urgent": True, "hours_since_customer": 30.0},
    "unanswered_long": {"hours_since_customer": 24.0, "is_complaint": True, "is_urgent": True},
    "waiting": {"n_agent_messages": 1, "is_question": True},
    "waiting_information": {"n_agent_messages": 1, "is_complaint": True, "asked_for": "order_number"},
    "waiting_complaint": {"n_agent_messages": 1, "is_complaint": True, "asked_channel": "email"},
    "waiting_private": {"n_agent_messages": 1, "asked_channel": "dm"},
    "waiting_long": {"n_agent_messages": 2, "hours_since_customer": 24.0, "asked_channel": "dm"},
    "long_ago": {"hours_since_customer": 336.0, "is_escalation": True},
    "follow_up_dm": {
        "awaiting": "customer",
        "last_author": "agent",
        "asked_channel": "dm",
        "asked_for": "phone_number",
    },
    "follow_up_email": {"awaiting": "customer", "last_author": "agent", "asked_channel": "email"},
    "follow_up_phone": {"awaiting": "customer", "last_author": "agent", "asked_channel": "phone"},
    "follow_up_information": {
        "awaiting": "customer",
        "last_author": "agent",
        "asked_for": "phone_number",
        "promised": "call_back",
    },
    "follow_up_question": {
        "awaiting": "customer",
        "last_author": "agent",
        "status_reason": "information_asked",
        "promised": "fix",
    },
    "follow_up_steps": {"awaiting": "customer", "last_author": "agent", "status_reason": "steps_given"},
    "follow_up_promise": {"awaiting": "agent", "last_author": "agent", "promised": "call_back"},
    "check_in": {"awaiting": "customer", "last_author": "agent", "hours_since_customer": None},
}
"""For each situation, features that lead to it, some of them pulling towards another."""


def rows(*changes: dict[str, object]) -> pa.Table:
    """Make a table of decisions, each the plain one with `changes`."""
    made = [{**PLAIN, **change} for change in changes]
    return pa.table({name: pa.array([row[name] for row in made], kind) for name, kind in KINDS.items()})


def written(**changes: object) -> str:
    """Write the message of one decision."""
    return write_messages(rows(changes), BRANDS, TEMPLATES)["message"][0].as_py()


def all_combinations() -> pa.Table:
    """Every situation, channel, language, topic and kind of voice, with every wording of it."""
    made = [
        {
            **led,
            "channel": channel,
            "language": language,
            "topic": topic,
            "brand": brand,
            "conversation_id": id_,
        }
        for led, channel, language, topic, brand, id_ in itertools.product(
            LED_BY.values(),
            CHANNELS,
            (*TEMPLATES.languages, "sv"),
            (*TOPICS, None),
            ("sprintcare", "British_Airways", "SpotifyCares", None),
            ("twitter:1:1", "twitter:1:2", "twitter:1:3"),
        )
    ]
    return rows(*made)


def test_each_situation_is_told_from_its_features() -> None:
    """Twenty hand-made conversations are named as a person names them."""
    assert situation(rows(*LED_BY.values())).to_pylist() == list(LED_BY)
    assert sorted(LED_BY) == sorted(SITUATIONS) == sorted(PURPOSES)


def test_known_messages_read_as_written() -> None:
    """Five decisions get exactly these words."""
    zero, one = "twitter:1:0", "twitter:1:1"
    assert written(conversation_id=zero, topic="billing") == (
        "Hi, we've read your message about billing and we'd like to help. Could you send us the date and "
        "amount in question here, if you haven't already?"
    )
    assert written(**LED_BY["follow_up_dm"], conversation_id=one, topic="delivery") == (
        "Hi, we'd still like to hear from you about your order. There is no need to start a new message: "
        "just reply here with your phone number."
    )
    promised = {**LED_BY["follow_up_promise"], "brand": "AmericanAir", "topic": "travel_booking"}
    assert written(**promised, conversation_id=zero) == (
        "Hello, we told you that we would get back to you, and we would like to be sure that it was done. Is "
        "anything still open about your trip? If so, just reply here."
    )
    called = {**LED_BY["escalated"], "channel": "scheduling_phone_call", "topic": "connectivity"}
    assert written(**called, conversation_id=zero) == (
        "Hi, we understand that you are upset, and we're sorry. Someone from our team would like to call you "
        "about the connection. Please reply here with the best number and a time that suits you."
    )
    emailed = {**LED_BY["follow_up_information"], "channel": "email_reply", "language": "de"}
    assert written(**emailed, conversation_id=one) == (
        "Hallo,\n\nfür deine Anfrage brauchen wir noch deine Telefonnummer.\n\nAntworte bitte einfach "
        "auf diese Nachricht. Ist alles geklärt, brauchst du nicht zu antworten.\n\nViele Grüße\nSprint"
    )


def test_every_combination_is_safe_and_fits() -> None:
    """No combination outgrows its channel, keeps a slot, or says what a customer must not read."""
    decisions = all_combinations()
    answered = write_messages(decisions, BRANDS, TEMPLATES)
    seen = set(zip(answered["message"].to_pylist(), decisions["channel"].to_pylist(), strict=True))
    too_long = [message for message, channel in seen if len(message) > LIMITS[channel]]
    unsafe = [message for message, _ in seen if fault_in(message, TEMPLATES.never_say)]
    untidy = [message for message, _ in seen if re.search(r"[{}¶|]|  | [.,]|\.\.|,,", message)]
    assert (too_long, unsafe, untidy) == ([], [], [])
    assert len(seen) > 5000


def test_every_wording_can_be_reached() -> None:
    """A text that no conversation can get would be dead words."""
    made = [
        {
            **led,
            "channel": channel,
            "language": language,
            "brand": brand,
            "conversation_id": f"twitter:1:{id_}",
        }
        for led in LED_BY.values()
        for channel in CHANNELS
        for language in TEMPLATES.languages
        for brand in ("SpotifyCares", "British_Airways")
        for id_ in range(12)
    ]
    answered = "\n".join(set(write_messages(rows(*made), BRANDS, TEMPLATES)["message"].to_pylist())).lower()
    openings = {re.split(r"\{|¶", text.words)[0].strip(" ¿").lower() for text in TEMPLATES.texts}
    assert sorted(opening for opening in openings if opening not in answered) == []


def test_no_contact_has_no_words() -> None:
    """no_action has an empty message, and its source says so."""
    decisions = rows({"channel": "no_action"}, {}, {"channel": "no_action"})
    answered = write_messages(decisions, BRANDS, TEMPLATES)
    assert answered["message_source"].to_pylist() == ["none", "template", "none"]
    assert [bool(message) for message in answered["message"].to_pylist()] == [False, True, False]


def test_a_late_answer_says_so_and_a_timely_one_does_not() -> None:
    """Only who has waited a day reads an apology for the wait."""
    for number in range(12):
        late = written(hours_since_customer=25.0, conversation_id=f"twitter:1:{number}")
        timely = written(hours_since_customer=23.0, conversation_id=f"twitter:1:{number}")
        assert "sorry" in late
        assert "sorry" not in timely


def test_what_an_agent_asked_for_is_followed_up_by_name() -> None:
    """The thing asked for stands in the message, instead of what the topic would ask."""
    asked = {**LED_BY["follow_up_information"], "topic": "billing"}
    assert "your tracking number" in written(**{**asked, "asked_for": "tracking_number"})
    assert "a screenshot or photo" in written(**{**asked, "asked_for": "screenshot"})


def test_whatever_is_found_in_a_conversation_has_its_phrase() -> None:
    """Each topic, request and promise that signals can name is worded, and no phrase waits in vain."""
    labels = json.loads((PARAMS.parent / "nbalib/conversations/topics.json").read_text(encoding="utf-8"))[
        "labels"
    ]
    assert {entry["label"] for entry in labels} | {"other"} == set(TOPICS)
    assert set(ASKED_FOR) == set(TEMPLATES.asked_for)
    assert set(PROMISED) == set(TEMPLATES.promised)


def test_an_unknown_request_or_promise_is_not_invented() -> None:
    """A word without a phrase leads to a plain check-in, not to a claim of having asked for something."""
    asked = {"awaiting": "customer", "last_author": "agent", "asked_for": "shoe_size", "promised": "a_pony"}
    assert written(**asked) == written(awaiting="customer", last_author="agent")


def test_no_id_is_recited() -> None:
    """Neither the customer's nor the conversation's id reaches the words."""
    decisions = all_combinations().slice(0, 3000)
    ids = pa.array([f"twitter:90{n}77:80{n}55" for n in range(3000)])
    decisions = decisions.set_column(decisions.column_names.index("conversation_id"), "conversation_id", ids)
    assert not [
        m for m in write_messages(decisions, BRANDS, TEMPLATES)["message"].to_pylist() if re.search(r"\d", m)
    ]


def test_a_page_of_messages_does_not_read_like_a_stamp() -> None:
    """Of thirty like conversations no wording takes more than half, and each keeps its own."""
    ids = [
        {"conversation_id": f"twitter:{1000 + 3 * n}:{115700 + 7 * n}", "topic": "delivery"}
        for n in range(30)
    ]
    first = write_messages(rows(*ids), BRANDS, TEMPLATES)["message"].to_pylist()
    assert first == write_messages(rows(*ids), BRANDS, TEMPLATES)["message"].to_pylist()
    assert len(set(first)) == 3
    assert max(first.count(message) for message in set(first)) <= 15


def test_a_formal_voice_makes_no_contractions() -> None:
    """Where the brand is formal, nothing is "we've" or "haven't", and Spanish says usted."""
    decisions = all_combinations()
    formal = decisions.filter(np.asarray(decisions["brand"]) == "British_Airways")
    in_english = formal.filter(np.asarray(formal["language"]) == "en")
    words = write_messages(in_english, BRANDS, TEMPLATES)["message"].to_pylist()
    assert not [message for message in words if re.search(r"\w'(ve|d|re|t|ll|s)\b|[Tt]hanks", message)]
    in_spanish = formal.filter(np.asarray(formal["language"]) == "es")
    words = write_messages(in_spanish, BRANDS, TEMPLATES)["message"].to_pylist()
    assert not [
        message for message in words if re.search(r"\b([Tt]u|[Tt]e|contigo|has|necesitas)\b", message)
    ]


def test_german_never_writes_a_formal_you_in_lower_case() -> None:
    """After "Guten Tag," a message goes on in lower case, which must not turn Sie into they."""
    decisions = all_combinations()
    chosen = (np.asarray(decisions["brand"]) == "British_Airways") & (
        np.asarray(decisions["language"]) == "de"
    )
    words = write_messages(decisions.filter(chosen), BRANDS, TEMPLATES)["message"].to_pylist()
    assert not [m for m in words if re.search(r"\b(sie|ihre?[nmrs]?|ihnen|du|dir|deine?[nmrs]?)\b", m)]


def test_an_unknown_language_is_answered_in_english() -> None:
    """Swedish, or no known language, gets the English words."""
    assert written(language="sv") == written(language="en") == written(language=None)
    assert written(language="fr").startswith("Bonjour, ")


def test_japanese_fits_where_a_character_counts_twice() -> None:
    """Twitter counts a Japanese character as two: no direct message has more than 140."""
    decisions = all_combinations()
    chosen = (np.asarray(decisions["language"]) == "ja") & (np.asarray(decisions["channel"]) != "email_reply")
    assert (
        max(map(len, write_messages(decisions.filter(chosen), BRANDS, TEMPLATES)["message"].to_pylist()))
        <= 140
    )


@pytest.mark.parametrize(
    ("brand", "signature"),
    [
        ("sprintcare", "Sprint"),
        ("AmazonHelp", "AmazonHelp"),
        ("115722", "The support team"),
        (None, "The support team"),
        ("x" * 61, "The support team"),
        ("  Spread \n over  lines ", "Spread over lines"),
    ],
)
def test_an_email_is_signed_by_a_name_that_means_something(brand: str | None, signature: str) -> None:
    """The voice's name, else the account's; a number, nothing or an endless name gives the team."""
    assert written(brand=brand, channel="email_reply").splitlines()[-1] == signature


def test_a_voice_that_is_too_long_gives_way() -> None:
    """Greeting, closing and name of a brand never push a message over its channel."""
    long = Voice(name="N" * 500, greeting="G" * 25, closing="C" * 61, formal=True)
    fitting = Voice(greeting="Hello from all of us,", closing="^The Acme Care team", formal=True)
    brands = Brands(brands={"long": Brand(voice=long), "fitting": Brand(voice=fitting)})
    for brand, channel in itertools.product(("long", "fitting"), CHANNELS):
        made = [
            {**led, "brand": brand, "channel": channel, "topic": "account_access"} for led in LED_BY.values()
        ]
        words = write_messages(rows(*made), brands, TEMPLATES)["message"].to_pylist()
        assert max(map(len, words)) <= LIMITS[channel]
        assert all(("^The Acme Care team" in message) == (brand == "fitting") for message in words)
        assert not [message for message in words if "CC" in message or "GG" in message or "NN" in message]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "conversation_id": st.text(max_size=20),
                "awaiting": st.sampled_from(["agent", "customer", "nobody"]),
                "last_author": st.sampled_from(["agent", "customer", None]),
                "n_agent_messages": st.integers(0, 3),
                "hours_since_customer": st.one_of(st.none(), st.floats(0, 1e5)),
                "is_escalation": st.one_of(st.none(), st.booleans()),
                "asked_channel": st.sampled_from([None, "dm", "email", "phone", "fax"]),
                "asked_for": st.sampled_from([None, "order_number", "odd"]),
                "promised": st.sampled_from([None, "call_back", "odd"]),
                "brand": st.one_of(st.none(), st.text(max_size=80)),
                "topic": st.sampled_from([None, "billing", "odd"]),
                "language": st.sampled_from([None, "en", "ja", "xx"]),
                "channel": st.sampled_from([*CHANNELS, "no_action"]),
            }
        ),
        max_size=12,
    )
)
def test_a_row_is_answered_alike_alone_and_among_others(made: list[dict[str, object]]) -> None:
    """One row, a batch, a chunked batch and a slice of it give the same words, never null, never too long."""
    table = rows(*made)
    together = write_messages(table, BRANDS, TEMPLATES)["message"].to_pylist()
    chunked = pa.concat_tables([table.slice(0, 2), table.slice(2)])
    assert write_messages(chunked, BRANDS, TEMPLATES)["message"].to_pylist() == together
    alone = [written(**row) for row in made]
    assert alone == together
    assert all(len(m) <= LIMITS[r["channel"]] for m, r in zip(together, made, strict=True))


def test_a_row_far_down_is_answered_as_alone() -> None:
    """Beyond the rows that are read at one go a conversation still gets its own wording."""
    n = ROWS_AT_ONCE + 7
    ids = pa.array([f"twitter:{i}:1157{i % 89}" for i in range(n)])
    many = rows({}).take(pa.array(np.zeros(n, dtype=np.int64)))
    many = many.set_column(many.column_names.index("conversation_id"), "conversation_id", ids)
    last = write_messages(many, BRANDS, TEMPLATES)["message"].slice(n - 6).to_pylist()
    assert last == [written(conversation_id=f"twitter:{i}:1157{i % 89}") for i in range(n - 6, n)]


def test_a_missing_column_and_an_unknown_channel_are_named() -> None:
    """The error names the column, or the channel with how many rows and the nearest known one."""
    with pytest.raises(SchemaError, match=r"missing columns \['topic'\]"):
        write_messages(rows({}).drop_columns(["topic"]), BRANDS, TEMPLATES)
    with pytest.raises(SchemaError, match=r"2 rows .* 'twitter_reply'; did you mean 'twitter_dm_reply'\?"):
        write_messages(
            rows({"channel": "twitter_reply"}, {}, {"channel": "twitter_reply"}), BRANDS, TEMPLATES
        )


def changed(tmp_path: Path, old: str, new: str) -> Path:
    """Copy the shipped texts with one passage changed."""
    text = (PARAMS / "messages.yaml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "messages.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


FIRST = "[Thanks|Thank you] for your message{about}. So that we can look into it"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("      unanswered:", "      unansered:", "unknown key 'unansered'; did you mean 'unanswered'"),
        ("      billing:", "      biling:", "unknown key 'biling'; did you mean 'billing'"),
        ("never_say:", "never_sy:", "unknown key 'never_sy'; did you mean 'never_say'"),
        (FIRST, FIRST.replace("{about}", "{abuot}"), "unknown slot {abuot}; did you mean 'about'"),
        (FIRST, FIRST.replace("{about}", "{about"), "a brace that belongs to no slot"),
        (FIRST, FIRST.replace("{about}", "{about:>9}"), "a brace that belongs to no slot"),
        (
            'greeting: "[Hi,|Hello,]"',
            "greeting: Good morning to all of you,",
            "greeting: more than 24 characters",
        ),
        (FIRST, FIRST + " by our escalation queue", "says 'escalation'"),
        (FIRST, FIRST + " at 0800 123456", "has a phone number or an id"),
        (FIRST, FIRST + " on help.example.com", "has a web address"),
        (FIRST, FIRST.replace("|Thank you]", "]"), "has a placeholder"),
        (FIRST, FIRST + ", and there is a very great deal more to say" * 3, "characters, 280 fit"),
        ("      tracking_number: your", "      trackingnumber: your", "unknown key 'tracking_number'"),
    ],
)
def test_a_faulty_text_is_refused_by_name(tmp_path: Path, old: str, new: str, said: str) -> None:
    """A misspelt key or slot, unsafe words and words that cannot fit are found when the file is read."""
    with pytest.raises(ParameterError, match=re.escape(said)):
        load_templates(changed(tmp_path, old, new))


def test_a_language_without_a_needed_text_is_refused(tmp_path: Path) -> None:
    """Every language has words for every situation and channel, its own or those of a like situation."""
    file = yaml.safe_load((PARAMS / "messages.yaml").read_text(encoding="utf-8"))
    del file["languages"]["fr"]["texts"]["check_in"]["call"]
    path = tmp_path / "messages.yaml"
    path.write_text(yaml.safe_dump(file, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ParameterError, match=r"languages\.fr\.texts: nothing for 'check_in' by call"):
        load_templates(path)

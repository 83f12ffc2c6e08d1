"""Made messages look like real ones, and what is said to be true of them is true of the file."""

from __future__ import annotations

import csv
import itertools
import re
from collections import Counter, defaultdict
from datetime import UTC, datetime
from statistics import mean, median, quantiles
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest
from made_file import Made, is_agent, make, written_at

from nbalib.errors import ParameterError
from nbalib.sources.synthetic import (
    NUMBERED_ACCOUNT,
    SYNTHETIC_ACCOUNTS,
    TRUTH,
    write_synthetic,
    writer,
)
from nbalib.sources.synthetic.brands import brands
from nbalib.sources.synthetic.dialogue import Telling, cast_for
from nbalib.sources.synthetic.dice import Dice, Weighted
from nbalib.sources.synthetic.layout import COLUMNS
from nbalib.sources.synthetic.plots import moves, parsed, plots
from nbalib.sources.synthetic.stages import LANGUAGES, stages
from nbalib.sources.synthetic.writer import reworded

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROWS = 12_000

TOPICS = {
    "billing",
    "connectivity",
    "delivery",
    "refund",
    "account_access",
    "cancellation",
    "device_fault",
    "software_bug",
    "travel_booking",
    "staff_experience",
    "product_question",
    "other",
}
ACTIONS = {
    "public_answer",
    "ask_dm",
    "help_link",
    "phone",
    "email",
    "ask_information",
    "apology_only",
    "escalation",
    "none",
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Give one made file for the tests that only look."""
    return make(tmp_path_factory.mktemp("made"), ROWS, 11)


def share(rows: list[dict[str, str]], pattern: str, flags: int = 0) -> float:
    """Give the share of texts that match."""
    return sum(bool(re.search(pattern, row["text"], flags)) for row in rows) / len(rows)


# The file


@pytest.mark.parametrize("rows", [1, 2, 3, 7, 40, 1_000])
def test_as_many_rows_as_asked(tmp_path: Path, rows: int) -> None:
    """The file has exactly the rows that were asked for, however the last thread falls."""
    for seed in range(4):
        found = make(tmp_path, rows, seed)
        assert (len(found.rows), found.report.rows) == (rows, rows)


def test_repeated_rows_take_their_place_in_the_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that occur twice never make the file longer than asked, even where most of them do."""
    monkeypatch.setattr(writer, "REPEATED", 0.4)
    monkeypatch.setattr(writer, "EDITED", 0.4)
    for rows in range(1, 40):
        found = make(tmp_path, rows, 1)
        assert len(found.rows) == rows
        assert set(found.conversations) == {fact["conversation_id"] for fact in found.truth}


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    """The same rows and seed make the same file and truth; another seed makes another file."""
    first, again, other = (make(tmp_path / str(n), 600, seed) for n, seed in enumerate((5, 5, 6)))
    assert first.path.read_bytes() == again.path.read_bytes()
    assert first.truth == again.truth
    assert first.path.read_bytes() != other.path.read_bytes()


def test_dice_are_the_same_everywhere() -> None:
    """The numbers behind everything are those of PCG64, not of this machine."""
    dice = Dice(1)
    assert [dice.unit() for _ in range(3)] == [0.5118216247002567, 0.9504636963259353, 0.14415961271963373]
    assert [Dice(7).along(((0, 0.5, 1), (0, 10, 1_000))) for _ in range(2)] == [257, 257]


def test_bytes_are_those_of_a_plain_csv_file(made: Made) -> None:
    """UTF-8, no byte order mark, line feeds as line ends, and quotes only where they are needed."""
    content = made.path.read_bytes()
    assert content.startswith(b"tweet_id,author_id,inbound,created_at,text,response_tweet_id,")
    assert content.endswith(b"\n")
    assert b"\r\n" not in content
    rewritten = ",".join(COLUMNS) + "\n"
    for row in made.rows:
        rewritten += ",".join(plainly_quoted(row[name]) for name in COLUMNS) + "\n"
    assert content.decode("utf-8") == rewritten


def plainly_quoted(cell: str) -> str:
    """Quote as RFC 4180 says."""
    return f'"{cell.replace(chr(34), chr(34) * 2)}"' if re.search(r'[",\r\n]', cell) else cell


def test_nothing_is_left_of_a_broken_run(tmp_path: Path) -> None:
    """A run that fails leaves the file that was there, and no draft."""
    out, truth = tmp_path / "made.csv", tmp_path / "truth.parquet"
    out.write_text("old", encoding="utf-8")

    def fail(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_synthetic(out, rows=100, seed=1, truth=truth, progress=fail)
    assert [path.name for path in tmp_path.iterdir()] == ["made.csv"]
    assert out.read_text(encoding="utf-8") == "old"


def test_progress_reaches_the_last_row(tmp_path: Path) -> None:
    """Progress never goes back, and ends near the number of rows: late rows follow at the end."""
    told: list[int] = []
    write_synthetic(tmp_path / "made.csv", rows=2_000, seed=1, progress=told.append)
    assert told == sorted(told)
    assert 1_900 < told[-1] <= 2_000


@pytest.mark.parametrize(("rows", "seed"), [(0, 1), (-5, 1), (10, -1)])
def test_impossible_wishes_are_refused(tmp_path: Path, rows: int, seed: int) -> None:
    """No rows, or a negative seed, is the caller's mistake and says so."""
    with pytest.raises(ParameterError, match="rows must be 1 or more and seed 0 or more"):
        write_synthetic(tmp_path / "made.csv", rows=rows, seed=seed)


# The shape, against what was measured on the public data set


def test_order_of_rows(made: Made) -> None:
    """Threads stand together but not in time order, most replies before what they answer."""
    place = {tweet: n for n, tweet in enumerate(made.tweets)}
    replies = [row for row in made.tweets.values() if row["in_response_to_tweet_id"] in made.tweets]
    before = mean(place[row["tweet_id"]] < place[row["in_response_to_tweet_id"]] for row in replies)
    rises = mean(b > a for a, b in itertools.pairwise(map(written_at, made.rows)))
    assert 0.58 < before < 0.70  # 64 % there
    assert 0.38 < rises < 0.52  # 46 % there


def test_links_of_rows(made: Made) -> None:
    """No reply is earlier than its parent; parents list all their replies, and many that are absent."""
    listed = Counter(
        (child in made.tweets)
        for row in made.tweets.values()
        for child in row["response_tweet_id"].split(",")
        if child
    )
    assert 0.33 < listed[False] / listed.total() < 0.48  # 42 % there
    for row in made.tweets.values():
        parent = made.tweets.get(row["in_response_to_tweet_id"])
        if parent is not None:
            assert written_at(row) >= written_at(parent)
            assert row["tweet_id"] in parent["response_tweet_id"].split(",")
    absent = sum(
        row["in_response_to_tweet_id"] not in made.tweets
        for row in made.tweets.values()
        if row["in_response_to_tweet_id"]
    )
    assert 0.002 < absent / len(made.tweets) < 0.05  # a few of a hundred threads lack their root


def test_sizes_of_threads(made: Made) -> None:
    """Half of the threads have two messages, few are long, some have a crowd."""
    sizes = sorted(len(rows) for rows in made.threads.values())
    percentiles = quantiles(sizes, n=100)
    assert 3.3 < mean(sizes) < 4.3  # 3.8 there; promotions make it swing
    assert median(sizes) in (2, 3)
    assert 12 <= percentiles[98] <= 24  # 16 there
    assert 0.43 < mean(size == 2 for size in sizes) < 0.54  # 49 % there
    crowds = [len({row["author_id"] for row in rows if not is_agent(row)}) for rows in made.threads.values()]
    assert 0.06 < mean(n > 1 for n in crowds) < 0.12  # 8.5 % there
    assert max(crowds) > 20


def test_waiting_times(made: Made) -> None:
    """Agents answer first after minutes, one in ten after hours; some gaps last weeks, some years."""
    waits, gaps = [], []
    for rows in made.conversations.values():
        times = [written_at(row) for row in rows]
        gaps += [(b - a).days for a, b in itertools.pairwise(times)]
        answer = next((row for row in rows if is_agent(row)), None)
        if answer is not None and not is_agent(rows[0]):
            waits.append((written_at(answer) - times[0]).total_seconds() / 60)
    assert 8 < median(waits) < 20  # minutes; 12 there
    assert 2 < quantiles(waits, n=10)[8] / 60 < 14  # hours; 6 there
    assert sum(15 <= gap < 60 for gap in gaps) > 3
    spans = [(written_at(rows[-1]) - written_at(rows[0])).days for rows in made.threads.values()]
    assert max(spans) > 365


def test_last_words(made: Made) -> None:
    """One thread in seven ends with the customer; one in eight customers says thanks at the end."""
    ends = mean(not is_agent(rows[-1]) for rows in made.threads.values())
    last = [
        next(row for row in reversed(rows) if not is_agent(row))
        for rows in made.threads.values()
        if not all(is_agent(row) for row in rows)
    ]
    assert 0.11 < ends < 0.20  # 15 % there
    assert 0.09 < share(last, r"\b(thanks?|thx|cheers)\b", re.IGNORECASE) < 0.18  # 13 % there


AGENTS_SAY = {
    "DM": (r"\bDMs?\b|direct message", 0.20, 0.34),  # 28 % there
    "link": (r"https://t\.co/\w{10}", 0.23, 0.40),  # 34 %
    "phone number": (r"\d{3}[- ]\d{3}[- ]\d{4}", 0.012, 0.04),  # 2.5 %
    "email": (r"(?i)\be-?mail", 0.03, 0.09),  # 6 %
    "question": (r"\?", 0.18, 0.33),  # 24 %
    "apology": (r"(?i)\bsorry|apolog", 0.12, 0.23),  # 17 %
    "signature": (r"\s(?:[\^*/-][A-Z]\w+)(?: \(?\[?\d/\d\)?\]?)?$", 0.43, 0.63),  # 53 %
}
EVERYONE_WRITES = {
    "line feed": (r"\n", 0.025, 0.05),  # 3.8 %
    "entity": (r"&(?:amp|lt|gt);", 0.02, 0.05),  # 3.2 %
    "emoji": ("[\U0001f300-\U0001faff\u2600-\u27bf]", 0.05, 0.09),  # 7 %
}


@pytest.mark.parametrize("what", AGENTS_SAY)
def test_what_agents_say(made: Made, what: str) -> None:
    """Agents ask, link, sign and excuse themselves about as often as real ones do."""
    pattern, low, high = AGENTS_SAY[what]
    assert low < share(made.agents, pattern) < high


@pytest.mark.parametrize("what", EVERYONE_WRITES)
def test_what_texts_hold(made: Made, what: str) -> None:
    """Texts hold what makes reading them hard about as often as real ones do."""
    pattern, low, high = EVERYONE_WRITES[what]
    assert low < share(list(made.tweets.values()), pattern) < high


def test_texts_fit_the_platform(made: Made) -> None:
    """Texts are not empty, and seldom longer than the platform lets them be."""
    lengths = sorted(len(re.sub(r"^(?:@\w+ )+", "", row["text"])) for row in made.rows)
    assert lengths[0] > 0
    assert mean(length <= 280 for length in lengths) > 0.995


def test_texts_vary(made: Made) -> None:
    """Longer texts hardly ever repeat each other, mentions and links aside."""
    texts = Counter(
        bare
        for row in made.tweets.values()
        if len(bare := re.sub(r"@\w+|https://\S+|\W", "", row["text"]).lower()) > 60
    )
    assert len(texts) / texts.total() > 0.85


# The oddities


def second_writers(made: Made) -> list[dict[str, str]]:
    """Find customers' answers to other customers."""
    return [
        row
        for row in made.customers
        if (above := made.tweets.get(row["in_response_to_tweet_id"])) is not None
        and not is_agent(above)
        and above["author_id"] != row["author_id"]
    ]


def late_threads(made: Made) -> list[str]:
    """Find small threads whose rows stand far apart in the file."""
    place = {row["tweet_id"]: n for n, row in reversed(list(enumerate(made.rows)))}
    return [
        root
        for root, rows in made.threads.items()
        if len(rows) < 8
        and max(place[row["tweet_id"]] for row in rows) - min(place[row["tweet_id"]] for row in rows) > 50
    ]


ODDITIES: dict[str, Callable[[Made], object]] = {
    "repeated row": lambda made: len(made.rows) > len({tuple(row.values()) for row in made.rows}),
    "edited row": lambda made: len({(row["tweet_id"], row["text"]) for row in made.rows}) > len(made.tweets),
    "bare CR": lambda made: share(made.customers, r"\r") > 0,
    "text NA": lambda made: any(row["text"] in ("NA", "N/A") for row in made.rows),
    "text null": lambda made: any(row["text"].lower() == "null" for row in made.rows),
    "text None": lambda made: any(row["text"].lower() == "none" for row in made.rows),
    "masked address": lambda made: share(made.customers, "__email__") > 0,
    "capitals": lambda made: share(made.customers, r"^(?:@\w+ )*[^a-z]{30,}$") > 0,
    "sarcasm": lambda made: share(made.customers, r"(?i)thanks for nothing") > 0,
    "customers among themselves": second_writers,
    "bystander has the last word": lambda made: any(
        not is_agent(rows[-1]) and rows[-1]["author_id"] not in {row["author_id"] for row in rows[:-1]}
        for rows in made.threads.values()
        if len(rows) > 2
    ),
    "second part first": lambda made: any(
        re.search(r"2/2[)\]]?$", a["text"])
        and re.search(r"1/2[)\]]?$", b["text"])
        and a["created_at"] == b["created_at"]
        for a, b in itertools.pairwise(made.rows)
    ),
    "promotion with a crowd": lambda made: any(
        is_agent(rows[0]) and len(rows) > 25 for rows in made.threads.values()
    ),
    "two answers to one absent message": lambda made: any(
        len(
            {row["author_id"] for row in rows if row["in_response_to_tweet_id"] == root and not is_agent(row)}
        )
        > 1
        for root, rows in made.threads.items()
        if root not in made.tweets
    ),
    "an answer to an absent message that names two": lambda made: any(
        re.match(r"@9\d{5} @9\d{5} ", row["text"]) for row in made.agents
    ),
    "late row": late_threads,
    "thanks with the issue open": lambda made: any(
        fact["status"] == "open" and re.search(r"(?i)thank", words)
        for fact in made.truth
        if (words := last_words(made, fact))
    ),
    "resolved without thanks": lambda made: any(
        fact["status"] == "resolved" and not re.search(r"(?i)thank|thx|cheers", words)
        for fact in made.truth
        if (words := last_words(made, fact))
    ),
    "question after the solution": lambda made: any(
        fact["status"] == "resolved" and fact["agent_action"] == "ask_information" for fact in made.truth
    ),
    "no brand in it": lambda made: any(fact["brand"] is None for fact in made.truth),
    "unheard": lambda made: any(
        fact["status"] == "open" and fact["agent_action"] == "none" and fact["n_messages"] == 1
        for fact in made.truth
    ),
    "resolved, then open again": lambda made: any(
        [change["status"] for change in fact["status_history"]][-2:] == ["resolved", "open"]
        for fact in made.truth
    ),
    "one customer, several brands": lambda made: any(
        len(names) > 1 for names in brands_by_customer(made).values()
    ),
}


def last_words(made: Made, fact: dict[str, Any]) -> str:
    """Give the customer's last text; empty if none is in the file."""
    own = [row["text"] for row in made.conversations[fact["conversation_id"]] if not is_agent(row)]
    return own[-1] if len(own) > 1 else ""


def brands_by_customer(made: Made) -> dict[str, set[str]]:
    """Give the brands each customer had to do with."""
    found = defaultdict(set)
    for fact in made.truth:
        if fact["brand"]:
            found[fact["customer_id"]].add(fact["brand"])
    return found


@pytest.mark.parametrize("oddity", ODDITIES)
def test_every_promised_oddity_occurs(made: Made, oddity: str) -> None:
    """Whatever makes real data hard is in a few thousand made rows."""
    assert ODDITIES[oddity](made)


def test_report_counts_what_was_done(made: Made) -> None:
    """The report's counts are those of the file."""
    different = len({(row["tweet_id"], row["text"]) for row in made.rows})
    assert made.report.threads == len(made.threads)
    assert made.report.conversations == len(made.truth)
    assert made.report.customers == len({fact["customer_id"] for fact in made.truth})
    assert made.report.edited == different - len(made.tweets)
    assert made.report.repeated == ROWS - different
    assert 0 < made.report.late < 0.02 * ROWS


def test_an_edit_keeps_mentions_signature_and_sense() -> None:
    """An edited text differs in punctuation, apostrophes or a courtesy only."""
    assert reworded("@9 It's fine. Really. ^AB") == "@9 It’s fine. Really. ^AB"
    assert reworded("@9 Sent. Bye") == "@9 Sent! Bye"
    assert reworded("NA") == "NA"


# The brands


def test_numbered_account_is_flagged_as_a_customer(made: Made) -> None:
    """One brand posts promotions and answers behind a number, signed, and is flagged inbound."""
    own = [row for row in made.rows if row["author_id"] == NUMBERED_ACCOUNT]
    assert SYNTHETIC_ACCOUNTS[NUMBERED_ACCOUNT] == "FernmarketHelp"
    assert {row["inbound"] for row in own} == {"True"}
    assert share(own, r"\^[A-Z]{2}") > 0.5
    assert any(not row["in_response_to_tweet_id"] for row in own)
    assert any(row["in_response_to_tweet_id"] for row in own)
    assert {row["inbound"] for row in made.agents if row["author_id"] != NUMBERED_ACCOUNT} == {"False"}


def test_every_brand_has_its_own_domain_and_writes(made: Made) -> None:
    """Twelve brands of twelve domains answer, each under its own name."""
    answered = {SYNTHETIC_ACCOUNTS[row["author_id"]] for row in made.agents}
    assert answered == {brand.handle for brand in brands()}
    assert len({brand.domain for brand in brands()}) == len(brands()) == 12


def test_no_real_account_occurs(made: Made, real_data: Path) -> None:
    """No account of the public data set writes or is named, and no number of it is used."""
    with (real_data / "twcs" / "twcs_random_4998.csv").open(newline="", encoding="utf-8") as file:
        real = {row["author_id"].lower() for row in csv.DictReader(file)}
    used = {row["author_id"].lower() for row in made.rows}
    used |= {name.lower() for row in made.rows for name in re.findall(r"@(\w+)", row["text"])}
    assert used & real == set()
    highest = max(int(float(name)) for name in real if re.fullmatch(r"\d+(\.0)?", name))
    assert min(int(name) for name in used if name.isdigit()) > highest


def test_numbers_lie_above_the_public_data_set(made: Made) -> None:
    """Every number that stands for an account is above 900,000, where the public data set has none."""
    numbers = {int(row["author_id"]) for row in made.rows if row["author_id"].isdigit()}
    assert min(numbers) > 900_000


# The truth


def test_truth_covers_the_conversations_of_the_file(made: Made) -> None:
    """There is one row of truth for each root and customer, with the right number of messages."""
    counted = {name: len(rows) for name, rows in made.conversations.items()}
    assert {fact["conversation_id"]: fact["n_messages"] for fact in made.truth} == counted
    assert len(made.truth) == len(counted)
    assert all(
        fact["conversation_id"].endswith(fact["customer_id"].removeprefix("twitter")) for fact in made.truth
    )


@pytest.mark.parametrize("seed", range(3))
def test_truth_holds_wherever_the_file_ends(tmp_path: Path, seed: int) -> None:
    """The last thread is cut to fit, and its truth is that of what is left."""
    for rows in range(1, 40):
        found = make(tmp_path, rows, seed)
        counted = {name: len(messages) for name, messages in found.conversations.items()}
        assert {fact["conversation_id"]: fact["n_messages"] for fact in found.truth} == counted
        for fact in found.truth:
            times = [written_at(row) for row in found.conversations[fact["conversation_id"]]]
            assert all(times[0] <= change["at"] <= times[-1] for change in fact["status_history"])


def test_truth_names_the_brand(made: Made) -> None:
    """The brand is that of the last answering account, else of the account that is addressed."""
    for fact in made.truth:
        rows = made.conversations[fact["conversation_id"]]
        answering = [SYNTHETIC_ACCOUNTS[row["author_id"]] for row in rows if is_agent(row)]
        named = [
            SYNTHETIC_ACCOUNTS[name]
            for row in rows
            for name in re.findall(r"@(\w+)", row["text"])
            if name in SYNTHETIC_ACCOUNTS
        ]
        assert fact["brand"] == (answering[-1] if answering else named[0] if named else None)


def test_truth_has_a_history(made: Made) -> None:
    """A history begins with the first message, changes with each entry, and ends in the final status."""
    for fact in made.truth:
        times = [written_at(row) for row in made.conversations[fact["conversation_id"]]]
        history = [(change["at"], change["status"]) for change in fact["status_history"]]
        assert history[0][0] == times[0]
        assert history[-1][1] == fact["status"]
        assert all(at in times for at, _ in history)
        assert all(a[0] < b[0] and a[1] != b[1] for a, b in itertools.pairwise(history))


def test_truth_without_a_brand_is_no_issue(made: Made) -> None:
    """Who neither gets an answer nor addresses a known account has no issue; unanswered cries have."""
    for fact in made.truth:
        if fact["brand"] is None:
            assert (fact["status"], fact["awaiting"], fact["agent_action"]) == ("no_issue", "nobody", "none")
    first = {name: rows[0] for name, rows in made.conversations.items()}
    unnamed = [
        fact
        for fact in made.truth
        if not is_agent(row := first[fact["conversation_id"]]) and "@" not in row["text"] and fact["brand"]
    ]
    assert unnamed
    assert {fact["status_history"][0]["status"] for fact in unnamed} == {"no_issue"}


def test_truth_uses_the_agreed_words(made: Made) -> None:
    """Statuses, topics, actions, languages and moods are all of the agreed lists, and all occur."""

    def words(column: str) -> set[Any]:
        return {fact[column] for fact in made.truth}

    assert words("topic") == TOPICS
    assert words("agent_action") == ACTIONS
    assert words("language") == set(LANGUAGES)
    assert words("mood_end") == {-1, 0, 1}
    assert {(fact["status"], fact["awaiting"]) for fact in made.truth} == {
        ("resolved", "nobody"),
        ("no_issue", "nobody"),
        ("open", "agent"),
        ("open", "customer"),
        ("open", "nobody"),
    }


def test_languages_have_their_share(made: Made) -> None:
    """About nine in ten conversations are in English, and a customer keeps to one language."""
    spoken = Counter(fact["language"] for fact in made.truth)
    assert 0.88 < spoken["en"] / spoken.total() < 0.94  # 91 % there
    by_customer = defaultdict(set)
    for fact in made.truth:
        by_customer[fact["customer_id"]].add(fact["language"])
    assert {len(languages) for languages in by_customer.values()} == {1}


def test_truth_file_has_the_stated_layout(tmp_path: Path) -> None:
    """The truth's file has the layout that the package names, instants in UTC."""
    write_synthetic(tmp_path / "made.csv", rows=50, seed=1, truth=tmp_path / "truth.parquet")
    table = pq.read_table(tmp_path / "truth.parquet")
    assert table.schema.equals(TRUTH)
    at = table["status_history"][0].as_py()[0]["at"]
    assert datetime(2010, 1, 1, tzinfo=UTC) < at < datetime(2019, 1, 1, tzinfo=UTC)


BY_HAND = {
    "issue ask_dm will_do": ["open agent", "open customer", "open customer"],
    "issue ask detail escalate_feedback": ["open agent", "open customer", "open agent", "open nobody"],
    "issue steps works anything_else": ["open agent", "open customer", "resolved nobody", "resolved nobody"],
    "issue apology sarcasm give_up": ["open agent", "open customer", "open agent", "open agent"],
    "issue steps fails escalate thanks_wait": [
        "open agent",
        "open customer",
        "open agent",
        "open agent",
        "open agent",
    ],
    "question answer contest": ["open agent", "resolved nobody", "open agent"],
    "issue done relapse ask_dm dm_sent": [
        "open agent",
        "resolved nobody",
        "open agent",
        "open customer",
        "open agent",
    ],
    "issue alone welcome": ["open agent", "resolved nobody", "resolved nobody"],
    "praise thanks_praise": ["no_issue nobody", "no_issue nobody"],
}
"""Plots, and who has the next word after each message, as a person would say."""


@pytest.mark.parametrize("plot", BY_HAND)
def test_each_message_leaves_the_issue_as_a_person_would_say(plot: str) -> None:
    """Asking leaves it with the customer, promising with the agent; only a fix or an answer resolves it."""
    dice = Dice(4)
    stage = next(stage for stage in stages("en").options if stage.brand.handle == "NorthlineCares")
    issues = {tale.issue.name: tale for group in stage.tales["solo"].options for tale in group.options}
    names = plot.split()
    tale = issues[
        "roaming" if "question" in names else "internet_down" if "alone" in names else "bill_jumped"
    ]
    if "steps" in names:
        tale = issues["internet_down"]
    told = Telling(cast_for(stage, tale, "900999", dice), dice).tell(names, 1_510_000_000, None)
    found = {message.at: f"{message.status} {message.awaiting}" for message in told}
    assert list(found.values()) == BY_HAND[plot]


# The phrases and plots


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_tale_can_be_told(language: str) -> None:
    """Every plot at every brand, about every issue that it is offered for, finds all its words."""
    dice = Dice(3)
    for stage in stages(language).options:
        for role, listed in stage.tales.items():
            for tale in (tale for group in listed.options for tale in group.options):
                names: list[str] = []
                tale.story.told(dice, names)
                cast = cast_for(stage, tale, "900999", dice, at_promoter=role == "promo_reply")
                for message in Telling(cast, dice).tell(names, 1_510_000_000, None):
                    assert message.text.strip()
                    assert not re.search(r"\{|\}|  | \.|\bNone\b.+\bNone\b", message.text)


def test_every_move_is_told_by_some_plot() -> None:
    """No move is there for nothing."""
    told = {"issue_calm", "issue_angry"}  # the two ways of the move `issue`
    told |= {"promo", "advice_back", "joke_back", "shout", "shout_back"}  # made by the threads themselves
    for role in ("issue", "question", "chat", "promo_reply", "join"):
        for plot in plots(role):
            told |= set(re.findall(r"name='(\w+)'", repr(plot.story)))
    assert set(moves()) - told == set()
    assert told - set(moves()) == {"issue", "", "hours", "days", "weeks", "years"} - {""}


def test_a_plot_is_read_as_it_is_written() -> None:
    """Brackets choose, a question mark may leave out, a star may repeat."""
    told = set()
    dice = Dice(1)
    for _ in range(300):
        names: list[str] = []
        parsed("a (b | c d)? (e)*").told(dice, names)
        told.add(" ".join(names))
    assert {"a", "a b", "a c d", "a e", "a b e", "a c d e e"} <= told
    assert all(re.fullmatch(r"a( b| c d)?( e)*", names) for names in told)


def test_a_plot_loses_what_cannot_be_said() -> None:
    """A branch without words falls away; a plot that needs one is not told."""
    story = parsed("a (b | c) d?")
    kept = story.pruned(lambda move: move not in ("c", "d"))
    assert kept is not None
    names: list[str] = []
    kept.told(Dice(1), names)
    assert names == ["a", "b"]
    assert story.pruned(lambda move: move != "a") is None
    assert story.pruned(lambda move: move not in ("b", "c")) is None


@pytest.mark.parametrize("plot", ["a (b", "a b)", "? a", "(a | b"])
def test_a_plot_with_a_slip_is_refused(plot: str) -> None:
    """A bracket left open, or a mark without a move, is an error that shows the plot."""
    with pytest.raises(ValueError, match=r"bracket|too many|follows no move"):
        parsed(plot)


def test_weights_decide_how_often() -> None:
    """An option of weight three is drawn about three times as often as one of weight one."""
    dice = Dice(2)
    drawn = Counter(Weighted(("a", "b"), (3, 1)).draw(dice) for _ in range(4_000))
    assert 2_850 < drawn["a"] < 3_150
    with pytest.raises(ValueError, match="2 options with 1 weights"):
        Weighted(("a", "b"), (1,))

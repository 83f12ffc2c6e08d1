"""The tables of messages and what is computed of them: loaded, read, threaded, counted.

In: nothing. Out: the tables as data.
"""

from __future__ import annotations

from nbalib.schema.table import Column, Table, columns

INTERACTIONS = Table(
    "interactions",
    "One message of any platform.",
    columns(
        ("interaction_id", "string", "platform_type:external_id"),
        ("external_id", "string", "The platform's own id of the message"),
        ("platform_type", "string", "twitter, email, phone, …"),
        ("participant_external_id", "string", "The platform's own id of the writer"),
        ("author_role", "string", "customer, agent or bot: platform_role, overridden by accounts.yaml"),
        ("platform_role", "string", "customer, agent or bot, as the platform flags the writer"),
        ("brand_account_id", "string", "Brand of the writing agent; null for a customer's message", "null"),
        ("content_text", "string", "As written, HTML entities decoded once"),
        (
            "content_metadata",
            "json",
            "What reading changed in the text; null where it changed nothing",
            "null",
        ),
        ("interaction_timestamp", "timestamp", "When it was written"),
        ("parent_interaction_id", "string", "The message answered; null for an opening one", "null"),
        ("interaction_type", "string", "The platform's kind of message: tweet, reply, …"),
        ("platform_metadata", "json", "Fields of the platform kept as they came; null if none", "null"),
        ("edited_at", "timestamp", "When the source last edited it; null if it never did", "null"),
        ("processing_metadata", "json", "File and row it was read from", "load"),
        ("created_at", "timestamp", "When it was loaded", "load"),
    ),
    key=("platform_type", "external_id"),
)

SIGNAL_FLAGS = (
    "is_urgent",
    "is_escalation",
    "says_thanks",
    "is_sarcastic",
    "is_complaint",
    "confirms_fix",
    "denies_fix",
    "is_question",
    "is_praise",
    "is_promotion",
    "asks_dm",
    "asks_call",
    "asks_email",
    "asks_form",
    "asks_information",
    "is_apology",
    "has_help_link",
    "has_dm_button",
    "gives_steps",
    "offers_help",
    "closes_politely",
    "is_signed",
    "names_trouble",
    "will_act",
    "has_sent",
    "has_no_answer",
    "checks_back",
    "names_end",
    "wants_something",
    "has_words",
)
"""What one text may say; each is a column of `signals`, defined in `conversations/signals.py`."""

SIGNALS = Table(
    "signals",
    "What one message says, found once per message.",
    (
        *columns(
            ("interaction_id", "string", "The message"),
        ),
        *(Column(name, "bool", "See conversations/signals.py") for name in SIGNAL_FLAGS),
        *columns(
            ("asked_for", "string", "What an agent asks the customer for; null if nothing known", "null"),
            ("promised", "string", "What an agent promises to do; null if nothing known", "null"),
            ("mentions", "string", "Accounts named with @, in order, parted by spaces; '' if none"),
            ("leading_mentions", "string", "Those of them before the first other word"),
            ("part", "int", "Number of a numbered part (2 of 2/2); 0 if it is not one"),
            ("language", "string", "ISO 639-1; null when switched off or the text has no words", "null"),
            ("mood", "float", "-1 to 1; null when switched off or not English", "null"),
            ("topic", "string", "Label of the frozen topic artefact; null when none fits", "null"),
            ("read_as", "string", "Role of the writer and the switches that it was read with"),
        ),
    ),
    key=("interaction_id",),
)

THREADS = Table(
    "threads",
    "Which reply tree a message stands in.",
    columns(
        ("interaction_id", "string", "The message"),
        ("platform_type", "string", "Platform of the thread"),
        ("thread_root_id", "string", "The platform's own id of the thread's root"),
        ("is_owned", "bool", "It belongs to a conversation"),
        ("is_circular", "bool", "It stands in a circle of replies, which was cut"),
        ("answers_later", "bool", "What it answers is dated after it, and counts as absent"),
    ),
    key=("interaction_id",),
)

TOUCHED = Table(
    "touched",
    "A message that came, was edited or changed its role since threads were last built.",
    columns(("interaction_id", "string", "The message")),
    key=("interaction_id",),
)

KNOWN_ACCOUNTS = Table(
    "known_accounts",
    "An account that speaks for a brand, as conversations were last built with.",
    columns(
        ("platform", "string", "Platform of the account"),
        ("handle", "string", "The account, in lower case"),
        ("brand", "string", "Brand that it speaks for"),
        ("known_at", "timestamp", "Its first message; null: known since ever, by accounts.yaml", "null"),
    ),
    key=("platform", "handle"),
)

TURNS = Table(
    "turns",
    "Which message belongs to which conversation.",
    columns(
        ("conversation_id", "string", "platform:root:customer"),
        ("interaction_id", "string", "The message"),
        ("thread_root_id", "string", "The platform's own id of the thread's root"),
        ("customer_id", "string", "platform:external id of the customer"),
        ("platform_type", "string", "Platform of the thread"),
        ("author_role", "string", "customer, agent or bot"),
        ("is_opening", "bool", "Stands above the customer's first message: shown, not counted"),
        ("interaction_timestamp", "timestamp", "When it was written"),
        ("turn", "int", "Place in the conversation, from 0, by time, part and depth in the thread"),
        ("brand_account_id", "string", "Brand that writes, or that the customer names; null if none", "null"),
        ("brand_known_at", "timestamp", "Since when that brand is known; null: since ever", "null"),
        ("starts_clock", "bool", "First customer message, or the first after a long silence"),
        (
            "answers_since",
            "timestamp",
            "An agent's answer: since when the customer waited; else null",
            "null",
        ),
        ("is_aside", "bool", "A customer's message that answers another customer's"),
        ("run", "int", "Number of the run of messages of one side, from 1; 0 in the opening"),
        ("flags", "int", "The signals as bits, in the order of SIGNAL_FLAGS"),
        ("asked_for", "string", "As in signals", "null"),
        ("promised", "string", "As in signals", "null"),
        (
            "mood_points",
            "int",
            "Mood of a customer's message × 10,000; null if unknown or an agent's",
            "null",
        ),
        ("topic", "string", "Topic of a customer's message; null if none or an agent's", "null"),
        ("language", "string", "Language of a customer's message; null if unknown or an agent's", "null"),
    ),
    key=("conversation_id", "interaction_id"),
)

CONVERSATIONS = Table(
    "conversations",
    "One customer's issue inside a thread, as known at the latest stored message.",
    columns(
        ("conversation_id", "string", "platform:root:customer"),
        ("thread_root_id", "string", "The platform's own id of the thread's root"),
        ("customer_id", "string", "platform:external id of the customer"),
        ("platform_type", "string", "Platform of the thread"),
        ("brand_account_id", "string", "Last answering, or addressed, brand; null if none is known", "null"),
        ("conversation_start_timestamp", "timestamp", "First counted message"),
        ("conversation_end_timestamp", "timestamp", "Last counted message"),
        ("last_interaction_id", "string", "Last counted message"),
        ("total_interactions", "int", "Counted messages"),
        ("n_customer_messages", "int", "Messages of the customer"),
        ("n_agent_messages", "int", "Messages of agents and bots"),
        ("clock_start_timestamp", "timestamp", "First customer message after 14 days of silence"),
        ("last_customer_at", "timestamp", "Last message of the customer; null if none is stored", "null"),
        ("last_agent_at", "timestamp", "Last message of an agent; null if none", "null"),
        ("first_response_seconds", "int", "Clock start to first agent message; null if none", "null"),
        ("response_seconds_sum", "int", "Sum of agents' response times in the conversation"),
        ("n_responses", "int", "Number of those response times"),
        ("resolution_status", "string", "resolved, open or no_issue"),
        ("status_reason", "string", "The named fact that decided the status"),
        ("awaiting", "string", "agent, customer or nobody: who has the next word"),
        ("moved_private", "bool", "The last word was a request to move to DM, e-mail or phone"),
        (
            "customer_sentiment_score",
            "float",
            "Mean mood of the customer's messages, -1 to 1; null if none",
            "null",
        ),
        (
            "conversation_topic",
            "string",
            "Topic most frequent in the customer's words; null if none",
            "null",
        ),
        ("language", "string", "Most frequent language of the customer's messages; null if none", "null"),
        ("channel_mix", "json", "Counted messages by channel"),
        ("created_at", "timestamp", "When it was computed", "load"),
    ),
    key=("conversation_id",),
)

CUSTOMER_PROFILES = Table(
    "customer_profiles",
    "One customer, over all brands, as known at the latest stored message.",
    columns(
        ("customer_id", "string", "platform:external id"),
        ("platform_accounts", "json", "Platform → external id"),
        ("interaction_history_summary", "json", "Counts of messages and conversations, by status and brand"),
        ("behavioral_tags", "json", "Named facts that hold for the customer, as a list"),
        ("preferred_channels", "json", "Channels the customer writes on, most used first"),
        ("avg_response_time", "float", "Mean seconds of agents' responses to them; null if none", "null"),
        ("response_seconds_sum", "int", "Sum behind the mean"),
        ("n_responses", "int", "Count behind the mean"),
        ("total_conversations", "int", "Conversations of the customer"),
        ("n_open", "int", "Of them open"),
        ("n_resolved", "int", "Of them resolved"),
        ("resolution_rate", "float", "Resolved / (resolved + open); null if neither", "null"),
        ("last_interaction_timestamp", "timestamp", "Last message of the customer, or to them"),
        ("created_at", "timestamp", "When it was computed", "load"),
    ),
    key=("customer_id",),
)

INGESTION_WATERMARKS = Table(
    "ingestion_watermarks",
    "A file that was read to its end, known by its content.",
    columns(
        ("source", "string", "Adapter that read it"),
        ("fingerprint", "string", "Hash of size and content"),
        ("file", "string", "Its name, without folders"),
        ("n_read", "int", "Rows in it, blank ones included"),
        ("n_stored", "int", "Rows stored as new"),
        ("n_duplicate", "int", "Rows already stored, or repeated"),
        ("n_replaced", "int", "Rows that are another version of a known message"),
        ("n_rejected", "int", "Rows kept in rejected_rows"),
        ("n_blank", "int", "Rows without any content"),
        ("latest_interaction_at", "timestamp", "Latest message in it; null if it held none", "null"),
        ("finished_at", "timestamp", "When it was finished", "load"),
    ),
    key=("source", "fingerprint"),
)

PIPELINE_RUNS = Table(
    "pipeline_runs",
    "One run of a step, finished or failed.",
    columns(
        ("run_id", "string", "Identifies the run"),
        ("step", "string", "ingest, process or predict"),
        ("status", "string", "done or failed"),
        ("started_at", "timestamp", "Begin"),
        ("finished_at", "timestamp", "End"),
        ("facts", "json", "Counts of the step"),
        ("error", "string", "What failed; null when done", "null"),
    ),
    key=("run_id",),
)

REJECTED_ROWS = Table(
    "rejected_rows",
    "An input row that could not be stored, kept as it came.",
    columns(
        ("source", "string", "Adapter that read it"),
        ("fingerprint", "string", "Of the file"),
        ("file", "string", "Its name, without folders"),
        ("row_number", "int", "1 for the first row after the header"),
        ("reason", "string", "Named reason"),
        ("detail", "string", "The value at fault, cut to 200 characters"),
        ("raw", "string", "The row as it came, cut to 100,000 characters"),
        ("created_at", "timestamp", "When it was rejected", "load"),
    ),
    key=("source", "fingerprint", "row_number"),
)

"""What no message to a customer may hold, whoever wrote it.

In: a message. Out: the first fault found, in words for the log, or None.
The checks are deterministic: the same message is always judged alike.
"""

from __future__ import annotations

import re
from functools import lru_cache

WEB_ADDRESS = re.compile(
    r"https?:|www\.|\b[\w-]+\.(?:com|org|net|co|io|ly|gl|me|info|biz|de|fr|es|br|uk|jp)\b", re.I
)
EMAIL_ADDRESS = re.compile(r"\S@\S+\.\S")
HANDLE = re.compile(r"(?<!\w)[@#]\w")
LONG_NUMBER = re.compile(r"\d(?:[\s().\-/]{0,2}\d){4,}")
UNSEEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
PLACEHOLDER = re.compile(r"[\[\]{}<>]|__\w+__|\bX{3,}\b")


def fault_in(message: str, never_say: tuple[str, ...]) -> str | None:
    """Say what is wrong with `message`: who or what it names that it must not; None if nothing.

    Parameters
    ----------
    message : str
        What would go out.
    never_say : tuple of str
        Words and phrases, whole and in any case; a final ``*`` stands for any ending.
    """
    if not message.strip():
        return "is empty"
    for name, pattern in PATTERNS:
        if pattern.search(message):
            return f"has {name}"
    said = _phrases(never_say).search(message) if never_say else None
    return f"says {said.group().lower()!r}" if said else None


PATTERNS = (
    ("a web address", WEB_ADDRESS),
    ("an e-mail address", EMAIL_ADDRESS),
    ("an account or a tag", HANDLE),
    ("a phone number or an id", LONG_NUMBER),
    ("a placeholder", PLACEHOLDER),
    ("a sign that cannot be seen", UNSEEN),
)


@lru_cache(maxsize=8)
def _phrases(never_say: tuple[str, ...]) -> re.Pattern[str]:
    """Make one pattern of all words and phrases; spaces match any run of white space."""
    parts = []
    for phrase in never_say:
        words = re.escape(phrase.removesuffix("*")).replace(r"\ ", r"\s+")
        parts.append(words + (r"\w*" if phrase.endswith("*") else r"\b"))
    return re.compile(r"(?<!\w)(?:" + "|".join(parts) + ")", re.I)

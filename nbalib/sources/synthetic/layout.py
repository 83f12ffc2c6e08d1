"""Put a thread into the file's order and give its messages their numbers.

In: a thread. Out: its messages as they stand in the file, with platform ids, and the rows' text.
An export of this kind was gathered from agents' replies upwards, so most replies stand before what
they answer, and ids follow the gathering, not the clock.
"""

from __future__ import annotations

import datetime
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from nbalib.sources.synthetic.clocks import DAY

if TYPE_CHECKING:
    from nbalib.sources.synthetic.dice import Dice
    from nbalib.sources.synthetic.messages import Message, Thread

COLUMNS = (
    "tweet_id",
    "author_id",
    "inbound",
    "created_at",
    "text",
    "response_tweet_id",
    "in_response_to_tweet_id",
)

EPOCH = datetime.date(1970, 1, 1).toordinal()
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

FROM_LAST_ANSWER = 0.5
"""Share of threads gathered from the agent's last reply; the others start at any message."""
REPLIES_LOST = 0.43
"""Share of messages that list a reply which is not in the file."""


class Row(NamedTuple):
    """One row: the cells before the text, the text, and the cells after it."""

    head: str
    text: str
    tail: str

    def line(self) -> str:
        """Write the row without its line end."""
        return f"{self.head},{quoted(self.text)},{self.tail}"


_SECONDS = tuple(f"{s // 3600:02}:{s // 60 % 60:02}:{s % 60:02} +0000" for s in range(DAY))


def laid_out(thread: Thread, next_number: int, dice: Dice) -> tuple[list[Row], int]:
    """Order a thread's messages, number them and make their rows.

    Returns
    -------
    rows : list of Row
        As they stand in the file.
    next_number : int
        The first id that is still free.
    """
    order = _order(thread, dice)
    lost: list[list[str]] = []
    for message in order:
        message.number = next_number
        n_lost = 1 if dice.chance(REPLIES_LOST) else 0
        if message is thread.root:
            n_lost += thread.n_absent_replies
        lost.append([str(next_number + 1 + place) for place in range(n_lost)])
        next_number += 1 + n_lost
    if thread.root.is_absent:
        thread.root.number = next_number
        next_number += 1
    return [_row(message, gone, dice) for message, gone in zip(order, lost, strict=True)], next_number


def _row(message: Message, lost: list[str], dice: Dice) -> Row:
    """Make one message's row; `lost` are the ids of replies that are not in the file."""
    replies = [str(child.number) for child in message.children]
    if lost:
        replies = dice.shuffled(replies + lost)
    answered = "" if message.parent is None else message.parent.number
    return Row(
        f"{message.number},{message.author},{message.is_inbound},{written(message.at)}",
        message.text,
        f"{quoted(','.join(replies))},{answered}",
    )


def quoted(text: str) -> str:
    """Quote a cell where RFC 4180 asks for it; a bare CR counts as a line end."""
    if '"' in text:
        return '"' + text.replace('"', '""') + '"'
    return f'"{text}"' if "," in text or "\n" in text or "\r" in text else text


def written(at: int) -> str:
    """Write an instant as the platform does: ``Tue Oct 31 22:10:47 +0000 2017``."""
    day, second = divmod(at, DAY)
    date, year = _date(day)
    return f"{date} {_SECONDS[second]} {year}"


@cache
def _date(day: int) -> tuple[str, int]:
    """Write a day since 1970 in English, whatever the machine's language; the year apart."""
    date = datetime.date.fromordinal(EPOCH + day)
    return f"{WEEKDAYS[date.weekday()]} {MONTHS[date.month - 1]} {date.day:02}", date.year


def _order(thread: Thread, dice: Dice) -> list[Message]:
    """Gather the thread from one message: what answers it, then what it answers, and so on upwards."""
    answers = [message for message in thread.messages if message.is_agent]
    from_answer = bool(answers) and dice.chance(FROM_LAST_ANSWER)
    here: Message | None = answers[-1] if from_answer else dice.pick(thread.messages)
    order: list[Message] = []
    came_from: Message | None = None
    while here is not None:
        _gather(here, came_from, dice, order)
        came_from, here = here, here.parent
    return order


def _gather(top: Message, done: Message | None, dice: Dice, order: list[Message]) -> None:
    """Add `top` and all below it, except the branch `done`."""
    left = [top]
    while left:
        message = left.pop()
        if not message.is_absent:
            order.append(message)
        below = [child for child in message.children if child is not done]
        left += dice.shuffled(below) if len(below) > 1 else below

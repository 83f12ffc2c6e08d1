"""When made messages are written: how long people take, and when brands are awake.

In: chance, a brand, an instant. Out: whole seconds since 1970, UTC, or a number of seconds to wait.
The quantiles follow those measured on the public data set, joined by straight lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbalib.sources.synthetic.brands import Brand
    from nbalib.sources.synthetic.dice import Dice, Quantiles

FROM = 1_506_816_000
"""2017-10-01 00:00 UTC: the first conversations."""
UNTIL = 1_511_740_800
"""2017-11-27 00:00 UTC: the last ones begin; answers may come later."""

MINUTE, HOUR, DAY = 60, 3_600, 86_400

FIRST_ANSWER: Quantiles = (
    (0, 0.25, 0.5, 0.7, 0.8, 0.9, 0.96, 0.99, 1),
    (40, 3.5 * MINUTE, 8.5 * MINUTE, 22 * MINUTE, 50 * MINUTE, 3 * HOUR, 12 * HOUR, 2 * DAY, 8 * DAY),
)
NEXT_ANSWER: Quantiles = (
    (0, 0.25, 0.5, 0.75, 0.9, 0.97, 1),
    (30, 3 * MINUTE, 8 * MINUTE, 25 * MINUTE, 2 * HOUR, 9 * HOUR, 3 * DAY),
)
CUSTOMER_WORD: Quantiles = (
    (0, 0.25, 0.5, 0.75, 0.9, 0.97, 0.993, 1),
    (20, 2 * MINUTE, 7 * MINUTE, 40 * MINUTE, 5 * HOUR, 20 * HOUR, 4 * DAY, 20 * DAY),
)
SECOND_THOUGHT: Quantiles = ((0, 0.7, 1), (15, 2 * MINUTE, 30 * MINUTE))
CROWD_ARRIVES: Quantiles = (
    (0, 0.3, 0.6, 0.85, 0.97, 1),
    (30, 30 * MINUTE, 4 * HOUR, DAY, 4 * DAY, 30 * DAY),
)
NEAR = 5 * MINUTE
SILENCE = {
    "hours": (40 * MINUTE, 9 * HOUR),
    "days": (8 * HOUR, 4 * DAY),
    "weeks": (15 * DAY, 45 * DAY),
    "years": (400 * DAY, 1_900 * DAY),
}

HOURS_OF_DAY: Quantiles = (
    (0, 0.04, 0.08, 0.14, 0.25, 0.4, 0.55, 0.7, 0.85, 1),
    (0, 3 * HOUR, 6 * HOUR, 8 * HOUR, 11 * HOUR, 14 * HOUR, 16.5 * HOUR, 19 * HOUR, 21.5 * HOUR, DAY),
)


class Starts:
    """When threads begin: some near each other, then some at another time, as the export was gathered."""

    def __init__(self, dice: Dice) -> None:
        self.dice = dice
        self.n_left = 0
        self.near = FROM

    def next(self) -> int:
        """Give the instant at which the next thread begins."""
        dice = self.dice
        if self.n_left == 0:
            self.n_left = dice.between(10, 40)
            self.near = dice.between(FROM // DAY, UNTIL // DAY - 1) * DAY + dice.along(HOURS_OF_DAY)
        self.n_left -= 1
        return self.near + dice.between(-NEAR, NEAR)


def when_open(brand: Brand, at: int, dice: Dice) -> int:
    """Give the instant itself if the brand is awake, or one soon after it next opens."""
    second = at % DAY
    if brand.opens <= second < brand.closes:
        return at
    midnight = at - second + (DAY if second >= brand.closes else 0)
    return midnight + brand.opens + dice.between(MINUTE, 50 * MINUTE)

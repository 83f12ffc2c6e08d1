"""The channels as data: how a customer can be reached, and in which hours.

In: nothing. Out: `CHANNELS`, by name. `no_action` is a full answer, but no channel to send on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

NO_ACTION = "no_action"


@dataclass(frozen=True)
class Channel:
    """One channel; `kind` tells its hours: `written` avoids quiet hours, a `call` needs open ones."""

    name: str
    kind: Literal["written", "call", "none"]
    words: str


CHANNELS: dict[str, Channel] = {
    channel.name: channel
    for channel in (
        Channel("twitter_dm_reply", "written", "direct message"),
        Channel("email_reply", "written", "e-mail"),
        Channel("scheduling_phone_call", "call", "phone call"),
        Channel(NO_ACTION, "none", "no contact"),
    )
}

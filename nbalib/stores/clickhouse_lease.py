"""Let one load or pass at a time write to a ClickHouse database.

ClickHouse has no lock that a client can hold. So whoever wants to write says so in `writer_claims`, and then
looks who else has: if nobody else, the turn is theirs; if somebody, they withdraw and try again. Of two that
come at once, the one whose claim was stored later sees the other's, so never do both get it. A claim is
renewed while its process lives, and expires when it does not: at once on the same machine, after
`EXPIRES_SECONDS` elsewhere. Who takes over marks the expired claim, and its owner, should it live after all,
finds the mark before it commits. All instants are those of the server's clock. On a cluster this holds among
those who write through the same server.
"""

from __future__ import annotations

import os
import socket
import threading
import time
import uuid
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from nbalib.errors import StoreAwayError, StoreBusyError, StoreError

if TYPE_CHECKING:
    from nbalib.stores.clickhouse_client import ClickHouseClient

EXPIRES_SECONDS = 30
RENEW_SECONDS = 5
WAIT_SECONDS = 5.0
GRACE_SECONDS = 2.0
"""Left to the owner of an expired claim to finish a commit that it had begun."""

TABLE = """
CREATE TABLE IF NOT EXISTS writer_claims (
    claim String, place String, process String, said_at DateTime64(6, 'UTC'), is_over UInt8
) ENGINE = MergeTree ORDER BY claim TTL toDateTime(said_at) + INTERVAL 1 DAY
"""
_SAY = """
INSERT INTO writer_claims
SELECT {claim:String}, {place:String}, {process:String}, now64(6), {is_over:UInt8}
"""
_OTHERS = """
SELECT claim, any(place), any(process), max(said_at) > now64(6) - {expires:UInt32}
FROM writer_claims WHERE claim != {claim:String} GROUP BY claim HAVING NOT max(is_over)
"""


class Lease:
    """The turn of one load or pass, from the making of the object until `give_back`.

    Attributes
    ----------
    claim : str
        Names the turn; 16 hexadecimal digits.
    """

    def __init__(self, client: ClickHouseClient) -> None:
        """Take the turn, waiting a few seconds for it.

        Raises
        ------
        StoreBusyError
            Another load or pass has it.
        """
        self._client = client
        self._ended = threading.Event()
        client.run(TABLE)
        self.claim = self._take()
        self._renewer = threading.Thread(target=self._renew, args=(client.another(),), daemon=True)
        self._renewer.start()

    def confirm(self) -> None:
        """Make sure that nobody has taken over.

        Raises
        ------
        StoreError
            Somebody has: this process was silent for too long.
        """
        self._say(self._client, self.claim)
        query = "SELECT max(is_over) FROM writer_claims WHERE claim = {claim:String}"
        [(is_over,)] = self._client.rows(query, claim=self.claim)
        if is_over:
            raise StoreError(
                f"{self._client.name}: this process was silent for more than {EXPIRES_SECONDS} s and "
                "another process took over; nothing of it was stored, run it again"
            )

    def give_back(self) -> None:
        """Let others have their turn."""
        self._ended.set()
        self._renewer.join()
        with suppress(StoreAwayError):  # the claim will expire
            self._say(self._client, self.claim, is_over=True)

    def _take(self) -> str:
        end = time.monotonic() + WAIT_SECONDS
        while True:
            claim = uuid.uuid4().hex[:16]
            self._say(self._client, claim)
            others = self._client.rows(_OTHERS, claim=claim, expires=EXPIRES_SECONDS)
            alive = [other for other in others if other[3] and not _has_gone(other[1], other[2])]
            if not alive:
                self._take_over(others)
                return claim
            self._say(self._client, claim, is_over=True)
            if time.monotonic() > end:
                who = _shown(*alive[0][1:3])
                raise StoreBusyError(f"{self._client.name} is in use by another process ({who}); try again")
            time.sleep(0.1 + int(claim[:2], 16) / 512)  # not in step with another that withdrew

    def _take_over(self, expired: list[tuple[str, ...]]) -> None:
        """Mark expired claims as over; wait for one whose owner may still live."""
        for claim, *_ in expired:
            self._say(self._client, claim, is_over=True)
        if any(not _has_gone(place, process) for _, place, process, _ in expired):
            time.sleep(GRACE_SECONDS)

    def _say(self, client: ClickHouseClient, claim: str, *, is_over: bool = False) -> None:
        here, process = _place(), _process(os.getpid())
        client.run(_SAY, claim=claim, place=here, process=process, is_over=int(is_over))

    def _renew(self, client: ClickHouseClient) -> None:
        """Renew the claim until it is given back; a server that is away is asked again later."""
        with closing(client):
            while not self._ended.wait(RENEW_SECONDS):
                try:
                    self._say(client, self.claim)
                except StoreError:
                    continue


def _place() -> str:
    """Name this machine, and the space that its process numbers mean something in."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{socket.gethostname()} {boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:  # a system without /proc: claims of the dead expire there
        return socket.gethostname()


def _process(number: int) -> str:
    """Name a process by its number and its start; '' if it is not there, or dead and not yet buried."""
    try:
        facts = Path(f"/proc/{number}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2]
    except OSError:
        return ""
    state, *rest = facts.split()
    return "" if state in "ZX" else f"{number} {rest[18]}"


def _has_gone(place: str, process: str) -> bool:
    """Tell whether the process was one of this machine, and lives no more."""
    number = process.partition(" ")[0]
    return place == _place() and number.isdigit() and _process(int(number)) != process


def _shown(place: str, process: str) -> str:
    return f"number {process.partition(' ')[0] or '?'} on {place.partition(' ')[0]}"

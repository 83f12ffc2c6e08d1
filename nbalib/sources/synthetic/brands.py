"""The invented brands and their accounts.

In: `brands.yaml`. Out: `Brand` values, and the accounts that speak for each, which `accounts.yaml` of a
run over made data should list. Opening hours are seconds of the day, UTC.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import Any

from nbalib.sources.synthetic.phrases import read_yaml

HELP_PAGES = 4
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
SECONDS_PER_HOUR = 3600


@dataclass(frozen=True, eq=False)
class Brand:
    """One invented company on the platform.

    `handle` is its support account and its name as a tenant; `promoter` posts its promotions, and
    `is_inbound` tells that the platform flags that account as a customer.
    """

    handle: str
    name: str
    domain: str
    weight: float
    main: str
    promoter: str
    is_inbound: bool
    voice: str
    sign: str
    signs: float
    staff: tuple[str, ...]
    opens: int
    closes: int
    help_pages: tuple[str, ...]
    words: dict[str, str]

    @property
    def accounts(self) -> tuple[str, ...]:
        """Every account that speaks for the brand, or is addressed as the brand."""
        return tuple(dict.fromkeys((self.handle, self.promoter, self.main)))


@cache
def brands() -> tuple[Brand, ...]:
    """Read the brands."""
    return tuple(_brand(fields) for fields in read_yaml("brands.yaml"))


def accounts() -> dict[str, str]:
    """Map every account of an invented brand to the brand (the name of its support account)."""
    return {account: brand.handle for brand in brands() for account in brand.accounts}


def short_link(seed: str) -> str:
    """Make the short link that belongs to `seed`; it leads nowhere."""
    digest = hashlib.sha256(seed.encode()).digest()
    return "https://t.co/" + "".join(LETTERS[byte % len(LETTERS)] for byte in digest[:10])


def _brand(fields: dict[str, Any]) -> Brand:
    handle, name, main = fields["handle"], fields["name"], str(fields["main"])
    answers = bool(fields.get("main_answers", False))
    return Brand(
        handle=handle,
        name=name,
        domain=fields["domain"],
        weight=float(fields["weight"]),
        main=main,
        promoter=main if answers else fields.get("second", handle),
        is_inbound=answers,
        voice=fields["voice"],
        sign=fields["sign"],
        signs=float(fields["signs"]),
        staff=tuple(fields["staff"].split()),
        opens=fields["opens"] * SECONDS_PER_HOUR,
        closes=fields["closes"] * SECONDS_PER_HOUR,
        help_pages=tuple(short_link(f"{handle} page {page}") for page in range(HELP_PAGES)),
        words={
            "brand": name,
            "brand_tag": name.replace(" ", ""),
            "cur": fields["currency"],
            "phone": str(fields["phone"]),
            "dm_link": short_link(f"{handle} direct message"),
        },
    )

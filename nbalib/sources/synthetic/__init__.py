"""Made conversations of invented brands, with known truth, in the format of twcs.csv.

In: a number of rows and a seed. Out: a file that looks like real support data (order, links, gaps,
texts), and what is true of every conversation in it. Nothing in it is real.

A brand is a block in `brands.yaml`, an issue one in `banks/`, a way for a conversation to go one line
in `plots.yaml`, and what a message does one line in `moves.yaml`.
"""

from __future__ import annotations

from nbalib.sources.synthetic.brands import accounts, brands
from nbalib.sources.synthetic.truth import TRUTH
from nbalib.sources.synthetic.writer import SynthReport, write_synthetic

SYNTHETIC_ACCOUNTS: dict[str, str] = accounts()
"""Every account that speaks for an invented brand, or is addressed as it → the brand."""

NUMBERED_ACCOUNT: str = next(brand.main for brand in brands() if brand.is_inbound)
"""The account of an invented brand that posts and answers behind a number, flagged as a customer."""

__all__ = ["NUMBERED_ACCOUNT", "SYNTHETIC_ACCOUNTS", "TRUTH", "SynthReport", "write_synthetic"]

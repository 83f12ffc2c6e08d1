"""Which channels may be used for whom right now: the contact policy, stage by stage.

In: features, brands, policy. Out: per channel, a mask of the rows that may have it, and the first stage
that took it away. `no_action` may always be chosen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from nbalib.decisions.channels import CHANNELS, NO_ACTION

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from nbalib.params import Brands, Policy

REACHABLE = tuple(name for name in CHANNELS if name != NO_ACTION)


@dataclass(frozen=True)
class Eligibility:
    """What the policy leaves.

    Attributes
    ----------
    allowed : mapping of channel to BooleanArray, shape (n,)
        True where the channel may be used.
    removed : mapping of channel to DictionaryArray, shape (n,)
        Name of the first stage that took the channel away; null where it may be used.
    """

    allowed: Mapping[str, pa.BooleanArray]
    removed: Mapping[str, pa.DictionaryArray]


def find_eligible(features: pa.Table, brands: Brands, policy: Policy) -> Eligibility:
    """Apply every stage of the contact policy to every channel."""
    allowed, removed = {}, {}
    for channel in REACHABLE:
        masks = [stage(features, channel, brands, policy) for _, stage in STAGES]
        first = np.select(masks, range(len(STAGES)), default=len(STAGES)).astype(np.int32)
        allowed[channel] = pa.array(first == len(STAGES))
        names = pa.array([*(name for name, _ in STAGES), None])
        removed[channel] = pa.DictionaryArray.from_arrays(first, names)
    return Eligibility(allowed, removed)


def _not_offered(features: pa.Table, channel: str, brands: Brands, _policy: Policy) -> NDArray[np.bool_]:
    """Tell where the brand does not offer the channel."""
    brand = features["brand"].combine_chunks().dictionary_encode()
    offered = np.array(
        [channel in brands.of(name).channels for name in brand.dictionary.to_pylist()], dtype=bool
    )
    default = channel in brands.default.channels
    known = np.append(offered, default)
    taken: NDArray[np.bool_] = ~known[brand.indices.fill_null(len(offered)).to_numpy()]
    return taken


def _contacted_enough(
    features: pa.Table, _channel: str, _brands: Brands, policy: Policy
) -> NDArray[np.bool_]:
    """Tell where the customer had as many contacts in 7 days as the policy allows."""
    enough: NDArray[np.bool_] = features["n_contacts_7d"].to_numpy() >= policy.max_contacts_7d
    return enough


def _followed_up(features: pa.Table, _channel: str, _brands: Brands, _policy: Policy) -> NDArray[np.bool_]:
    """Tell where the last message was followed up already."""
    return np.asarray(features["is_followed_up"])


STAGES: tuple[tuple[str, Callable[[pa.Table, str, Brands, Policy], NDArray[np.bool_]]], ...] = (
    ("not_offered", _not_offered),
    ("contacted_enough", _contacted_enough),
    ("already_followed_up", _followed_up),
)
"""In the order in which they are named when several hold."""

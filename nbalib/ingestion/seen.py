"""Tell which messages may have been seen before, without looking each of them up.

In: 64-bit hashes of keys, a batch at a time. Out: those that may be seen already. A key that was seen
is always told; of new keys, about one in a hundred is told as well, and must be looked up.
This is a Bloom filter: 16 bytes a key, whatever the keys are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BYTES_PER_KEY = 16
_MIN_KEYS = 1 << 16
_HALF = np.uint64(32)


class SeenKeys:
    """Keys seen so far; right for any number of keys, quick for up to about `n_expected`."""

    def __init__(self, n_expected: int) -> None:
        n_bits = (_BYTES_PER_KEY * max(n_expected, _MIN_KEYS) - 1).bit_length()
        self._marks = np.zeros(1 << min(n_bits, 32), np.bool_)
        self._mask = np.uint64(len(self._marks) - 1)

    def add(self, hashes: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Take note of keys, shape (n,).

        Returns
        -------
        NDArray[np.bool_], shape (n,)
            True for each that may have been added before, and for all that share a hash here.
        """
        first, second = hashes & self._mask, (hashes >> _HALF) & self._mask
        maybe: NDArray[np.bool_] = self._marks[first] & self._marks[second]
        self._marks[first] = True
        self._marks[second] = True
        ordered = np.sort(hashes)
        shared = ordered[1:][ordered[1:] == ordered[:-1]]
        return maybe | np.isin(hashes, shared) if len(shared) else maybe

"""Every error that nbalib raises on purpose.

::

    NbaError                       something went wrong, and we know what          exit 1
    ├── InputError                 the caller can put it right                     exit 2
    │   ├── SchemaError            a table lacks a column, or holds a wrong type
    │   ├── ParameterError         an unknown, missing or impossible parameter
    │   │   └── RuleError          a rule that cannot be read or decided
    │   ├── SourceError            a file that cannot be read as its source says
    │   ├── ModelError             a model that cannot be trained, read, or used on these rows
    │   ├── PolicyError            a log or a policy from which no value can be estimated
    │   └── NotFoundError          a customer, conversation or decision that is not stored
    ├── MissingPackageError        an optional package is needed                   exit 2
    ├── StoreError                 a store is away, damaged, or of another version exit 1
    │   ├── StoreBusyError         another process holds the store; try again
    │   └── StoreAwayError         the store does not answer just now; asked again, it may
    ├── EngineError                Spark does not start, or a task of it failed      exit 1
    ├── MessageError               a message could not be written
    └── RunError                   a notebook run failed

An error names what it was about: the table, the column, how many, and one example.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class NbaError(Exception):
    """Something went wrong, and we know what."""

    exit_code = 1


class InputError(NbaError):
    """The caller can put it right."""

    exit_code = 2


class SchemaError(InputError):
    """A table lacks a column, or holds a wrong type."""


class ParameterError(InputError):
    """An unknown, missing or impossible parameter."""


class RuleError(ParameterError):
    """A rule that cannot be read or decided."""


class SourceError(InputError):
    """A file that cannot be read as its source says."""


class ModelError(InputError):
    """A model that cannot be trained, read, or used on these rows."""


class PolicyError(InputError):
    """A log or a policy from which no value can be estimated."""


class NotFoundError(InputError):
    """A customer, conversation or decision that is not stored."""


class MissingPackageError(NbaError):
    """An optional package is needed.

    Parameters
    ----------
    package : str
        Name to import.
    extra : str
        Extra of nbalib that brings it.
    """

    exit_code = 2

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(f"the package {package!r} is needed; install it with: pip install 'nbalib[{extra}]'")


class StoreError(NbaError):
    """A store is away, damaged, or of another version."""


class StoreBusyError(StoreError):
    """Another process holds the store; try again."""


class StoreAwayError(StoreError):
    """The store does not answer just now, or gave up for a reason that passes; asked again, it may."""


class EngineError(NbaError):
    """Spark does not start, or a task of it failed."""


class MessageError(NbaError):
    """A message could not be written."""


class RunError(NbaError):
    """A notebook run failed."""


def nearest(name: str, known: Iterable[str]) -> str:
    """Say which known name was probably meant, as the end of an error message.

    Returns
    -------
    str
        ``"; did you mean 'x'?"``, or the list of what is known when nothing is near.
    """
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; known are {', '.join(names)}"

"""What decides and writes, as one value with one name.

In: the folder `params/`, or another rules file. Out: `Method`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from nbalib.decisions.rules import RuleSet, load_rules
from nbalib.messages.templates import Templates, load_templates
from nbalib.params import Params, load_params

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Method:
    """Parameters, rules and templates; equal ones have equal digests."""

    params: Params
    rules: RuleSet
    templates: Templates

    @cached_property
    def digest(self) -> str:
        """Name of the whole method: equal methods decide equally."""
        whole = "|".join((self.params.digest, self.rules.digest, self.templates.digest))
        return hashlib.sha256(whole.encode()).hexdigest()[:16]


def load_method(params_dir: Path, rules: Path | None = None) -> Method:
    """Read the method of `params_dir`, with its `rules.yaml` or another rules file.

    Raises
    ------
    ParameterError
        A file is absent, or holds something that cannot be.
    """
    return Method(
        load_params(params_dir),
        load_rules(rules or params_dir / "rules.yaml"),
        load_templates(params_dir / "messages.yaml"),
    )

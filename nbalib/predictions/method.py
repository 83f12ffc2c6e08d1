"""What decides and writes, as one value with one name.

In: the folder `params/`, or another rules file; the file of a model, if there is one. Out: `Method`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from nbalib.decisions.rules import RuleSet, load_rules
from nbalib.messages.templates import Templates, load_templates
from nbalib.params import Params, load_params
from nbalib.resolution.storing import load_if_there

if TYPE_CHECKING:
    from pathlib import Path

    from nbalib.resolution.likelihood import Likelihood


@dataclass(frozen=True)
class Method:
    """Parameters, rules, templates and a likelihood, or none; equal ones have equal digests."""

    params: Params
    rules: RuleSet
    templates: Templates
    likelihood: Likelihood | None = None

    @cached_property
    def digest(self) -> str:
        """Name of the whole method: equal methods decide equally."""
        parts = [self.params.digest, self.rules.digest, self.templates.digest]
        if self.likelihood is not None:
            parts.append(self.likelihood.digest)
        return hashlib.sha256("|".join(parts).encode()).hexdigest()[:16]


def load_method(params_dir: Path, rules: Path | None = None, *, model: Path | None = None) -> Method:
    """Read the method of `params_dir`, with its `rules.yaml` or another rules file.

    Parameters
    ----------
    model : Path, optional
        The file of a model of the likelihood of resolution; without one, or where there is no such file, no
        likelihood is estimated.

    Raises
    ------
    ParameterError
        A file is absent, or holds something that cannot be.
    ModelError
        The model's file is damaged, or of another version.
    """
    return Method(
        load_params(params_dir),
        load_rules(rules or params_dir / "rules.yaml"),
        load_templates(params_dir / "messages.yaml"),
        load_if_there(model) if model else None,
    )

"""What can be told at one brand in one language: its words, its issues, and the plots that fit them.

In: the brand, the banks and the plots. Out: `Stage`, from which a conversation's plot, issue and words
are drawn. A plot is offered only where the language has its phrases and the issue what they need.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from nbalib.sources.synthetic.brands import brands
from nbalib.sources.synthetic.dice import Weighted
from nbalib.sources.synthetic.phrases import Bank, Issue, bank_named, plain_issue
from nbalib.sources.synthetic.plots import Part, Plot, moves, plots

if TYPE_CHECKING:
    from nbalib.sources.synthetic.brands import Brand
    from nbalib.sources.synthetic.dice import Dice
    from nbalib.sources.synthetic.phrases import Exchange, Phrase

LANGUAGES = {"en": 0.88, "es": 0.04, "ja": 0.03, "fr": 0.022, "de": 0.016, "pt": 0.012}
"""Languages of conversations, and the share of each."""

SOLO_ROLES = ("issue", "question", "chat")
SIDE_ROLES = ("promo_reply", "join")
OPENINGS = ("issue_calm", "issue_angry")
"""The two ways in which the move `issue` is made."""


@dataclass(frozen=True, eq=False)
class Tale:
    """A plot and the issue it is told about."""

    plot: str
    issue: Issue
    story: Part


@dataclass(frozen=True, eq=False)
class Stage:
    """One brand in one language: the tales of each role, and the words for telling them.

    The role `solo` is any conversation of one customer; `issue`, `promo_reply` and `join` are told in
    English only.
    """

    brand: Brand
    language: str
    slots: dict[str, tuple[Phrase, ...]]
    fresh: dict[str, tuple[Phrase, ...]]
    phrases: dict[str, tuple[Phrase, ...]]
    exchanges: dict[str, tuple[Exchange, ...]]
    tales: dict[str, Weighted[Weighted[Tale]]]

    def tale(self, role: str, dice: Dice) -> Tale:
        """Draw a plot of `role` by its weight, then an issue that it can be told about."""
        return self.tales[role].draw(dice).draw(dice)


@cache
def stages(language: str) -> Weighted[Stage]:
    """Make the stages of all brands in one language, weighted by how often the brands are asked."""
    made = [_stage(brand, language) for brand in brands()]
    return Weighted(made, [stage.brand.weight for stage in made])


def _stage(brand: Brand, language: str) -> Stage:
    common, domain = bank_named(language), bank_named(brand.domain)
    voices = {"hi": common.fresh[f"hi_{brand.voice}"]} if f"hi_{brand.voice}" in common.fresh else {}
    in_english = language == "en"
    return Stage(
        brand=brand,
        language=language,
        slots={**common.slots, **(domain.slots if in_english else {})},
        fresh={**common.fresh, **voices, "help": brand.help_pages, "staff_name": _names(brand, common)},
        phrases=_joined(common, domain) if in_english else common.phrases,
        exchanges={talk: domain.exchanges.get(talk, ()) + lines for talk, lines in common.exchanges.items()},
        tales=_tales(brand.domain, language),
    )


def _names(brand: Brand, common: Bank) -> tuple[Phrase, ...]:
    """Give the first names of a brand's staff; brands that sign with initials borrow customers' names."""
    first_names = tuple(name for name in brand.staff if not name.isupper())
    return first_names or common.slots["who"]


def _joined(common: Bank, domain: Bank) -> dict[str, tuple[Phrase, ...]]:
    """Give the common phrases; where the domain has its own for a move, they come on top."""
    own = domain.phrases
    return {move: own.get(move, ()) * 2 + phrases for move, phrases in common.phrases.items()}


@cache
def _tales(domain: str, language: str) -> dict[str, Weighted[Weighted[Tale]]]:
    bank = bank_named(language)
    issues = bank_named(domain).issues if language == "en" else bank.issues
    fitting = [issue for issue in issues if not issue.domains or domain in issue.domains]
    nothing = plain_issue()
    offers = []
    for role in SOLO_ROLES:
        about = [issue for issue in fitting if issue.kind == role] if role != "chat" else [nothing]
        offers += [offer for plot in plots(role) if (offer := _offer(plot, about, bank)) is not None]
    made = {"solo": offers}
    if language == "en":
        made["issue"] = [offer for offer in offers if offer[1].options[0].issue.kind == "issue"]
        for role in SIDE_ROLES:
            made[role] = [
                offer for plot in plots(role) if (offer := _offer(plot, [nothing], bank)) is not None
            ]
    return {
        role: Weighted([tales for _, tales in listed], [weight for weight, _ in listed])
        for role, listed in made.items()
    }


def _offer(plot: Plot, issues: list[Issue], bank: Bank) -> tuple[float, Weighted[Tale]] | None:
    """Find the issues that `plot` can be told about, with its weight; None if there are none."""
    told = []
    for issue in issues:
        story = plot.story.pruned(lambda move, about=issue: _possible(move, about, bank))  # type: ignore[misc]
        if story is not None:
            told.append(Tale(plot.name, issue, story))
    if not told:
        return None
    return plot.weight, Weighted(told, [tale.issue.weight for tale in told])


def _possible(move: str, issue: Issue, bank: Bank) -> bool:
    """Tell whether a move has phrases in this language, and words in this issue."""
    if move == "issue":
        return all(_possible(opening, issue, bank) for opening in OPENINGS)
    needs = moves()[move].needs
    return move in bank.phrases and (needs is None or needs in issue.has)

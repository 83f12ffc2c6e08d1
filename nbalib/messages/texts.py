"""The template texts: read from `messages.yaml`, checked, laid out so that columns of codes find them.

In: one YAML file. Out: `Templates`, in which every language has a text for every situation and kind,
every text is safe for a customer and fits its channel whatever is put into its slots.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from nbalib.errors import ParameterError, nearest
from nbalib.messages.checks import fault_in
from nbalib.messages.situations import LIKE, SITUATIONS
from nbalib.messages.template_file import (
    KINDS,
    MAX_CLOSING,
    MAX_GREETING,
    MAX_NAME,
    TOPICS,
    Channel,
    Kind,
    Kinds,
    Language,
    TemplateFile,
)
from nbalib.params import digest_of, read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

SLOTS = ("about", "with", "ask", "promise")
MOTHER_TONGUE = "en"
"""Serves wherever a language is not known; its greeting and closing are those of the brand's voice."""

FRAME: dict[Kind, int] = {
    "dm": MAX_GREETING + MAX_CLOSING + 2,
    "call": MAX_GREETING + MAX_CLOSING + 2,
    "email": MAX_GREETING + 3 * MAX_NAME + 5,
}
"""Characters that greeting, closing, name and the gaps between may add to a text."""

PARAGRAPH = re.compile(r"\s*¶\s*")
EITHER = re.compile(r"\[([^|\[\]]*)\|([^|\[\]]*)\]")
SLOT = re.compile(r"\{(\w*)\}")


@dataclass(frozen=True)
class Text:
    """One wording in one register; `uses` names its slots."""

    language: str
    formal: bool
    kind: Kind
    situation: str
    words: str

    @property
    def uses(self) -> frozenset[str]:
        """Names of the slots in it."""
        return frozenset(SLOT.findall(self.words))

    @property
    def place(self) -> str:
        """Where it stands in the file, for an error."""
        return f"languages.{self.language}.texts.{self.situation}.{self.kind}"


@dataclass(frozen=True)
class Phrases:
    """What one language and register puts into the slots."""

    about: tuple[str, ...]
    trouble: tuple[str, ...]
    ask: tuple[str, ...]
    promise: tuple[str, ...]
    greeting: str
    closing: str
    team: str
    space: str
    continues: bool


@dataclass(frozen=True)
class Templates:
    """All texts, found by codes: language, formal, kind and situation → first text and how many.

    `uses` says which texts have the slots of the topic, the asking and the promise; `digest` names them all.
    """

    channels: dict[str, Channel]
    never_say: tuple[str, ...]
    languages: tuple[str, ...]
    asked_for: tuple[str, ...]
    promised: tuple[str, ...]
    texts: tuple[Text, ...]
    phrases: dict[tuple[str, bool], Phrases]
    first: NDArray[np.int64]
    count: NDArray[np.int64]
    uses: dict[Literal["topic", "ask", "promise"], NDArray[np.bool_]]
    digest: str


def load_templates(path: Path) -> Templates:
    """Read and check `messages.yaml`.

    Raises
    ------
    ParameterError
        A key, slot or word is unknown (the nearest known one is named), a text is missing, unsafe for a
        customer, or could outgrow its channel.
    """
    file = read_yaml(path, TemplateFile)
    try:
        templates = _compiled(file)
        _check(templates)
    except ParameterError as error:
        raise ParameterError(f"{path.name}: {error}") from error
    return templates


def in_register(words: str, *, formal: bool) -> str:
    """Take of each ``[casual|formal]`` the half that the voice wants."""
    return EITHER.sub(r"\2" if formal else r"\1", words)


def _compiled(file: TemplateFile) -> Templates:
    """Lay the file out as texts, phrases and the table that finds them."""
    if MOTHER_TONGUE not in file.languages:
        raise ParameterError(f"languages: {MOTHER_TONGUE!r} is missing")
    languages = tuple(sorted(file.languages))
    mother = file.languages[MOTHER_TONGUE]
    for name, said in file.languages.items():
        _same_words(f"languages.{name}.topics", said.topics, TOPICS)
        _same_words(f"languages.{name}.texts", said.texts, SITUATIONS, all_of_them=False)
        _same_words(f"languages.{name}.asked_for", said.asked_for, mother.asked_for)
        _same_words(f"languages.{name}.promised", said.promised, mother.promised)
    texts: list[Text] = []
    shape = (len(languages), 2, len(KINDS), len(SITUATIONS))
    first, count = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    for place in np.ndindex(*shape):
        language, formal, kind = languages[place[0]], bool(place[1]), KINDS[place[2]]
        situation, wordings = _wordings(file.languages[language], language, kind, SITUATIONS[place[3]])
        first[place], count[place] = len(texts), len(wordings)
        texts += [Text(language, formal, kind, situation, in_register(w, formal=formal)) for w in wordings]
    asked_for, promised = tuple(mother.asked_for), tuple(mother.promised)
    phrases = {
        (name, formal): _phrases(file.languages[name], asked_for, promised, formal=formal)
        for name in languages
        for formal in (False, True)
    }
    uses: dict[Literal["topic", "ask", "promise"], NDArray[np.bool_]] = {
        "topic": np.array([not text.uses.isdisjoint({"about", "with"}) for text in texts]),
        "ask": np.array(["ask" in text.uses for text in texts]),
        "promise": np.array(["promise" in text.uses for text in texts]),
    }
    said_by_all = (file.channels, file.never_say, languages, asked_for, promised)
    return Templates(*said_by_all, tuple(texts), phrases, first, count, uses, digest_of(file))


def _same_words(
    block: str, words: Mapping[str, object], known: Iterable[str], *, all_of_them: bool = True
) -> None:
    """Refuse a block that has other keys than are known, or lacks one."""
    expected = set(known)
    for word in sorted(words.keys() - expected):
        raise ParameterError(f"{block}: unknown key {word!r}{nearest(word, expected)}")
    missing = sorted(expected - words.keys())
    if missing and all_of_them:
        raise ParameterError(f"{block}: {len(missing)} keys are missing, such as {missing[0]!r}")


def _wordings(language: Language, name: str, kind: Kind, situation: str) -> tuple[str, tuple[str, ...]]:
    """Find the texts of a situation, or of the nearest one it is like; say which it was."""
    found: str | None = situation
    while found:
        kinds = language.texts.get(found, Kinds())
        wordings: tuple[str, ...] = getattr(kinds, kind) or (kinds.dm if kind == "email" else ())
        if wordings:
            return found, wordings
        found = LIKE[found]
    raise ParameterError(f"languages.{name}.texts: nothing for {situation!r} by {kind}")


def _phrases(
    language: Language, asked_for: tuple[str, ...], promised: tuple[str, ...], *, formal: bool
) -> Phrases:
    """Gather what fills the slots, in the order of the codes."""
    topics = [language.topics[name] for name in TOPICS]

    def said(words: list[str]) -> tuple[str, ...]:
        return tuple(in_register(text, formal=formal) for text in words)

    return Phrases(
        about=said([topic.about for topic in topics]),
        trouble=said([topic.trouble for topic in topics]),
        ask=said([language.asked_for[word] for word in asked_for] + [topic.ask for topic in topics]),
        promise=said([language.promised[word] for word in promised]),
        greeting=in_register(language.greeting, formal=formal),
        closing=in_register(language.closing, formal=formal),
        team=in_register(language.team, formal=formal),
        space=language.space,
        continues=language.continues,
    )


def _check(templates: Templates) -> None:
    """Refuse what a customer must not read, an unknown slot, and a text that could be too long."""
    for (language, _), phrases in templates.phrases.items():
        for name, most in (("greeting", MAX_GREETING), ("closing", MAX_NAME), ("team", MAX_NAME)):
            if len(getattr(phrases, name)) > most:
                raise ParameterError(f"languages.{language}.{name}: more than {most} characters")
        for said in (*phrases.about, *phrases.trouble, *phrases.ask, *phrases.promise):
            _refuse_unsafe(f"languages.{language}", said, templates)
    limits = {
        kind: min((c.max_characters for c in templates.channels.values() if c.kind == kind), default=None)
        for kind in KINDS
    }
    for text in set(templates.texts):
        for slot in text.uses - set(SLOTS):
            raise ParameterError(f"{text.place}: unknown slot {{{slot}}}{nearest(slot, SLOTS)}")
        if set("{}") & set(SLOT.sub("", text.words)):
            raise ParameterError(f"{text.place}: a brace that belongs to no slot: {text.words!r}")
        words = longest(text, templates.phrases[text.language, text.formal])
        _refuse_unsafe(text.place, words, templates)
        limit, length = limits[text.kind], len(words) + FRAME[text.kind]
        if limit is not None and length > limit:
            raise ParameterError(f"{text.place}: may reach {length} characters, {limit} fit: {text.words!r}")


def _refuse_unsafe(place: str, said: str, templates: Templates) -> None:
    fault = fault_in(said, templates.never_say) if said else None
    if fault:
        raise ParameterError(f"{place}: a customer must not read this, it {fault}: {said!r}")


def longest(text: Text, phrases: Phrases) -> str:
    """Fill every slot of `text` with the longest that may stand there."""
    return PARAGRAPH.sub("\n\n", text.words).format(
        about=max(phrases.about, key=len),
        ask=max(phrases.ask, key=len),
        promise=max(phrases.promise, key=len),
        **{"with": max(phrases.trouble, key=len)},
    )

"""Make threads: one customer with an agent, promotions with a crowd, bystanders, customers among themselves.

In: chance. Out: `Thread`, its messages in the order of time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbalib.sources.synthetic import clocks, spelling
from nbalib.sources.synthetic.crowd import Crowd
from nbalib.sources.synthetic.dialogue import Telling, cast_for
from nbalib.sources.synthetic.dice import Weighted
from nbalib.sources.synthetic.messages import Message, Thread
from nbalib.sources.synthetic.plots import SILENCES
from nbalib.sources.synthetic.scenes import Scene
from nbalib.sources.synthetic.stages import stages

if TYPE_CHECKING:
    from nbalib.sources.synthetic.dice import Dice, Quantiles
    from nbalib.sources.synthetic.phrases import Phrase
    from nbalib.sources.synthetic.stages import Stage


@dataclass(frozen=True)
class Shares:
    """How often what happens; each is a share of the threads.

    Attributes
    ----------
    promo, joined, chatter : float
        A promotion with many customers; another customer who joins; customers among themselves.
    root_absent, friend_named : float
        A customer's first message is not in the file; of those, agents name a second customer.
    promo_absent, years_old : float
        Of promotions: not in the file; still answered after years.
    """

    promo: float = 0.011
    joined: float = 0.054
    chatter: float = 0.008
    root_absent: float = 0.021
    friend_named: float = 0.15
    promo_absent: float = 0.12
    years_old: float = 0.06


N_PROMO_REPLIES: Quantiles = ((0, 0.4, 0.7, 0.9, 0.98, 1), (2, 5, 12, 28, 60, 105))
N_JOIN = Weighted((1, 2, 3), (0.8, 0.15, 0.05))
OWN_WORDS = ("who", "hi", "sorry")
"""Words that one who joins does not take over: the name, and what an agent has said once."""
ANSWERED_BACK = 0.35
"""How likely the first customer says something to one who joins."""


class Threads:
    """An endless supply of threads from one stream of chance."""

    def __init__(self, dice: Dice, shares: Shares | None = None) -> None:
        self.dice = dice
        self.crowd = Crowd(dice)
        self.starts = clocks.Starts(dice)
        shares = shares or Shares()
        self.shares = shares
        rest = 1 - shares.promo - shares.joined - shares.chatter
        self.kinds = Weighted(
            (self._solo, self._joined, self._promo, self._chatter),
            (rest, shares.joined, shares.promo, shares.chatter),
        )

    def next(self) -> Thread:
        """Make one thread."""
        thread = self.kinds.draw(self.dice)(self.starts.next())
        thread.messages = [message for message in thread.messages if not message.is_absent]
        thread.messages.sort(key=lambda message: message.at)
        return thread

    def _solo(self, at: int) -> Thread:
        customer, language = self.crowd.someone()
        return self._conversation(stages(language).draw(self.dice), "solo", customer, at)[0]

    def _conversation(self, stage: Stage, role: str, customer: str, at: int) -> tuple[Thread, Scene]:
        """Let one customer write to one brand; give the words that fell, too."""
        dice = self.dice
        tale = stage.tale(role, dice)
        cast = cast_for(stage, tale, customer, dice)
        names: list[str] = []
        tale.story.told(dice, names)
        is_absent = sum(name not in SILENCES for name in names) > 1 and dice.chance(self.shares.root_absent)
        about = {customer: (tale.issue.topic, stage.language)}
        if is_absent and dice.chance(self.shares.friend_named):
            cast.friend = self.crowd.someone_else(about)
            about[cast.friend] = about[customer]
        for silence in SILENCES:
            if silence in names:  # what happens now is the end; it began long ago
                at -= sum(clocks.SILENCE[silence]) // 2
        told = Telling(cast, dice, is_root_absent=is_absent).tell(names, at, None)
        return Thread(told[0], told, about), cast.scene

    def _joined(self, at: int) -> Thread:
        """Let others join a conversation, and the first customer answer one of them."""
        dice = self.dice
        stage = stages("en").draw(dice)
        host = self.crowd.someone_else(())
        thread, scene = self._conversation(stage, "issue", host, at)
        theirs = {slot: word for slot, word in scene.said.items() if slot not in OWN_WORDS}
        theme = thread.about[host][0]
        used: set[Phrase] = set()
        for _ in range(N_JOIN.draw(dice)):
            answered = dice.pick([m for m in thread.messages if not m.is_absent])
            guest = self.crowd.someone_else(thread.about)
            greeting = f"@{host} @{answered.author if answered.is_agent else stage.brand.handle} "
            told = self._side(stage, "join", guest, answered, greeting, used, theirs)
            thread.messages += told
            thread.about[guest] = (theme if told[0].status == "open" else "other", "en")
            if not told[-1].is_agent and dice.chance(ANSWERED_BACK):
                thread.messages.append(self._word_back(stage, host, thread, told[-1]))
        return thread

    def _side(
        self,
        stage: Stage,
        role: str,
        guest: str,
        answered: Message,
        greeting: str,
        used: set[Phrase],
        theirs: dict[str, str],
    ) -> list[Message]:
        """Tell the conversation of one who answers `answered`.

        `used` are the phrases that fell in the thread, `theirs` the words of the conversation joined.
        """
        dice = self.dice
        tale = stage.tale(role, dice)
        cast = cast_for(stage, tale, guest, dice, at_promoter=role == "promo_reply")
        cast.greeting, cast.scene.used = greeting, used
        cast.scene.said.update(theirs)
        names: list[str] = []
        tale.story.told(dice, names)
        return Telling(cast, dice).tell(names, answered.at + dice.along(clocks.CROWD_ARRIVES), answered)

    def _word_back(self, stage: Stage, host: str, thread: Thread, answered: Message) -> Message:
        """Let the first customer say something to another; their own issue stays as it is."""
        at = answered.at + self.dice.along(clocks.CUSTOMER_WORD)
        own = [m for m in thread.messages if host in m.customers and m.at <= at]
        latest = max(own, key=lambda m: m.at) if own else thread.root
        move = "joke_back" if answered.status == "no_issue" and self.dice.chance(0.5) else "advice_back"
        word = self._say(stage, move, host, at, answered, 0)
        word.status, word.awaiting = latest.status, latest.awaiting
        return word

    def _promo(self, at: int) -> Thread:
        """Let a brand advertise, and a crowd answer."""
        dice = self.dice
        stage = stages("en").draw(dice)
        if dice.chance(self.shares.years_old):
            at -= dice.between(*clocks.SILENCE["years"])
        root = self._advert(stage, at)
        thread = Thread(root, [root], {})
        n_replies = dice.along(N_PROMO_REPLIES)
        used: set[Phrase] = set()
        thread.n_absent_replies = dice.between(0, 3 * n_replies)
        for _ in range(n_replies):
            guest = self.crowd.someone_else(thread.about)
            told = self._side(stage, "promo_reply", guest, root, f"@{root.author} ", used, {})
            thread.messages += told
            thread.about[guest] = ("product_question" if _asks(told[0]) else "other", "en")
        return thread

    def _advert(self, stage: Stage, at: int) -> Message:
        brand, dice = stage.brand, self.dice
        scene = Scene(stage, stage.tale("promo_reply", dice).issue, dice)
        text = spelling.in_export(scene.line("promo"), dice)
        if brand.is_inbound and dice.chance(brand.signs):
            text = spelling.signed(text, brand, dice.pick(brand.staff))
        return Message(
            brand.promoter,
            is_agent=True,
            is_inbound=brand.is_inbound,
            at=clocks.when_open(brand, at, dice),
            text=text,
            parent=None,
            customers=(),
            brand=brand.handle,
            status="no_issue",
            awaiting="nobody",
            mood=0,
            action="none",
            is_absent=dice.chance(self.shares.promo_absent),
        )

    def _chatter(self, at: int) -> Thread:
        """Let customers talk to each other, with no brand in it."""
        dice = self.dice
        stage = stages("en").draw(dice)
        first = self.crowd.someone_else(())
        second = self.crowd.someone_else((first,))
        root = self._say(stage, "shout", first, at, None, -1)
        messages = [root]
        for turn in range(dice.between(1, 3)):
            last = messages[-1]
            at = last.at + dice.along(clocks.CUSTOMER_WORD)
            writer, move = (second, "shout_back") if turn % 2 == 0 else (first, "banter_more")
            messages.append(self._say(stage, move, writer, at, last, 0))
        return Thread(root, messages, {first: ("other", "en"), second: ("other", "en")})

    def _say(
        self, stage: Stage, move: str, writer: str, at: int, answered: Message | None, mood: int
    ) -> Message:
        """Write one message from customer to customer."""
        dice = self.dice
        scene = Scene(stage, stage.tale("join", dice).issue, dice)
        hand = spelling.hand_of("en", dice)
        text = spelling.in_export(spelling.as_customer(scene.line(move), hand, mood, "#mondays", dice), dice)
        message = Message(
            writer,
            is_agent=False,
            is_inbound=True,
            at=at,
            text=text if answered is None else f"@{answered.author} {text}",
            parent=answered,
            customers=(writer,),
            brand=None,
            status="no_issue",
            awaiting="nobody",
            mood=mood,
            action="none",
        )
        if answered is not None:
            answered.children.append(message)
        return message


def _asks(message: Message) -> bool:
    return message.status == "open" and message.mood == 0

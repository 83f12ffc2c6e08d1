"""One made message, and the thread it stands in, with what is true of each.

In: nothing. Out: `Message` and `Thread`. Instants are whole seconds since 1970, UTC.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True, eq=False)
class Message:
    """One message, and what holds from it on in the conversations of `customers`.

    Attributes
    ----------
    brand : str or None
        Brand of the agent who writes, or that a customer addresses; None if none is addressed.
    customers : tuple of str
        Whose conversations it is part of; empty for a message that answers no customer.
    parent : Message or None
        The message answered.
    is_absent : bool
        The message was written but is not in the file; its children still name it.
    number : int
        The platform's id; 0 until the thread is laid out.
    """

    author: str
    is_agent: bool
    is_inbound: bool
    at: int
    text: str
    parent: Message | None
    customers: tuple[str, ...]
    brand: str | None
    status: str
    awaiting: str
    mood: int
    action: str
    is_absent: bool = False
    number: int = 0
    children: list[Message] = field(default_factory=list)


@dataclass(slots=True)
class Thread:
    """One reply tree.

    Attributes
    ----------
    root : Message
        Its first message, be it absent or not.
    messages : list of Message
        Those in the file, in the order of time.
    about : dict
        Customer → topic and language of the conversation.
    n_absent_replies : int
        Replies to the root that are not in the file.
    """

    root: Message
    messages: list[Message]
    about: dict[str, tuple[str, str]]
    n_absent_replies: int = 0

    def cut(self, n_messages: int) -> None:
        """Keep the first `n_messages`, as if the export had ended there."""
        for gone in self.messages[n_messages:]:
            if gone.parent is not None:
                gone.parent.children.remove(gone)
        del self.messages[n_messages:]

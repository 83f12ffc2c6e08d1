"""Next best actions for customer support: who to contact, how, when, with which words, and why."""

__version__ = "0.1.0"

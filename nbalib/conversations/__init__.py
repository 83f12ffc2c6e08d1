"""Conversations: what one text says, who it belongs to, and how the issue stands."""

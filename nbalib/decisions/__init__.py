"""Decide: which action, when, and why."""

"""Measurements: each step against a bare baseline, in turn, every run in a process of its own."""

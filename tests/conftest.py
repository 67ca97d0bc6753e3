"""Hypothesis draws the same examples on every run: a red build is red again."""

from hypothesis import settings

settings.register_profile("book", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("book")

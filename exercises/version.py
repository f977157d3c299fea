"""The version of the composer: what the same drill composes."""

COMPOSE_VERSION = 15
"""Counts up (to 63 at most) whenever any drill would give another chart than before."""

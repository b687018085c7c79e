"""Attacks on the promise: never twice, never lost."""

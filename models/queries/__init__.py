"""Statements on sets, by subject. Each takes the caller's connection and commits nothing."""

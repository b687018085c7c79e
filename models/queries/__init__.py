"""Statements on sets, by subject. Each function takes the caller's connection and commits nothing."""

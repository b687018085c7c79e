"""Rows and the queries on them; no decisions, no XML, no web."""

"""The rules of the sync, as functions of values: no clock, no database, no framework."""

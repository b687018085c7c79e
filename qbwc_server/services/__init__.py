"""Use cases: one function, one transaction. No web framework here."""

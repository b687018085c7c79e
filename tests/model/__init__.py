"""The promises as a model: whatever happens in whatever order, each payment once and none lost."""

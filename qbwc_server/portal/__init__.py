"""The pages. They speak to the use cases alone."""

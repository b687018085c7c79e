"""Tests of the simulated QuickBooks and Web Connector, against Intuit's documents alone."""

"""Measurements, each beside a floor taken in the same run; see `docs/performance.md`."""

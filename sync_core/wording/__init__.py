"""The tables of words: data, and the small language that they are written in."""

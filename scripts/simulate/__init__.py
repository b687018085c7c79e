"""A QuickBooks and a Web Connector to play with: Intuit's side of the wire.

Both judge the server, so they are written from Intuit's documents and from recorded answers, know
nothing of our own packages, and are the stricter party wherever the documents leave a doubt.
"""

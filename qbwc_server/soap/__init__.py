"""The Web Connector service: SOAP in, SOAP out, and nothing else.

Spyne lives in this package and nowhere else. What a call means is decided behind `port.Sync`.
"""

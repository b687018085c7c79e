"""The qbXML language: typed messages, to Intuit's XML and back.

Pure: the standard library and lxml, no files, no sockets, no clock. It knows what QuickBooks takes
and says; what to ask and what an answer means for a payment is decided elsewhere.
"""

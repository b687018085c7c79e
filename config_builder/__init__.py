"""The .qwc file: the XML with which an administrator adds us to a Web Connector.

`fields` says what stands in one, `checks` what the Web Connector would refuse, `qwc` writes it,
`blueprint` hands it out. It knows neither the database nor who is signed in: both are passed in.
"""

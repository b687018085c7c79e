"""The steps of a session: each a request half (`ask`) and a response half (`take`)."""

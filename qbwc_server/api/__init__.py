"""The JSON API for payment sites: a Flask blueprint, its tokens, its OpenAPI document."""

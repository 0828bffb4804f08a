"""Requests that schemathesis generates from the OpenAPI document, against a desk of their own."""

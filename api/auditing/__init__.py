"""Bundles that prove to an auditor that nothing is missing and nothing was altered, and their verifier."""

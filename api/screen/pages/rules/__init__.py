"""The rules: what is configured, in which version, published by whom and why, and how it is changed."""

"""Running an approved erasure step by step, its certificate, and a person's own copy of what is recorded."""

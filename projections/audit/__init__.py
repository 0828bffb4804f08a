"""The audit history as a question: pages of it, and each event in a sentence."""

"""The figures: their list, and a page for each with its answer and the facts behind it."""

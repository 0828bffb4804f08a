"""The engine: it follows the log, folds streams into rows, rebuilds and compares."""

"""What-ifs: the whole history judged by other policies."""

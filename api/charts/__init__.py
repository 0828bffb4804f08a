"""Charts as SVG, without script and without anything from elsewhere."""

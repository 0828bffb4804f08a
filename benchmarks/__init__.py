"""What is measured, beside its peers, as ratios of one run."""

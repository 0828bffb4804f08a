"""Views of a tenant for other programs: stable names, one grain a view, results instead of raw material."""

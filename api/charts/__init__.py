"""The charts of pages and reports, as SVG in the page itself: no script draws them, and nothing is loaded."""

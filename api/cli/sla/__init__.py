"""`sla`: policy files, published versions, and the clocks that follow from them."""

"""Stop switches: a rule, a channel or the whole tenant does nothing by itself until it is resumed."""

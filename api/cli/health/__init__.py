"""`customer health`, `health` and `segment`: the health of customers, and the customers in segments."""

"""`report`: figures and reports, now or at another instant."""

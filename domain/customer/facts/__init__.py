"""What a customer does and gives: purchases, offers, answers, consent, dates, notes and external activities."""

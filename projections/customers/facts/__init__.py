"""What customers did and gave, a row each: purchases, offers, answers, consent, dates, notes and activities."""

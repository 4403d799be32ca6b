"""What an expected answer is made of: numbers, dates, places, telephone numbers, yes and no, choices."""

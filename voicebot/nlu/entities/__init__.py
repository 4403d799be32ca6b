"""What an expected answer consists of: numbers, dates, places, telephone numbers, yes and no, choices."""

"""What flows and prompts must satisfy together, checked against each other."""

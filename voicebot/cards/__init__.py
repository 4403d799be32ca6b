"""The card to take along: each procedure on one page with pictograms, made from its flow and its prompts."""

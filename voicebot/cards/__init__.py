"""Take-away cards: each procedure on one page with pictograms, generated from its flow and its prompts."""

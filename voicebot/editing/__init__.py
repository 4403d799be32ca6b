"""Writing procedures from the console: drafts, reading, publication, and the folder that keeps them."""

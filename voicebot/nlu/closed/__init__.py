"""Answers to closed questions: taken apart, compared with how people answer, and put together again."""

"""How whisper-base learns French by telephone: `python -m training.learn`. See README.md beside this file."""

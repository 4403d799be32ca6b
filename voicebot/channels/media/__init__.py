"""The audio socket of a call: messages in order, frames to turns."""

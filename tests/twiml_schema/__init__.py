"""Twilio's own idea of TwiML, made from its TypeScript types, and a check of documents against it."""

"""Voice webhooks: what Twilio asks during a call, and TwiML in reply."""

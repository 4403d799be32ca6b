"""The part of Twilio's OpenAPI document that we use, and a mock server made of it."""

"""Everything that needs the Twilio library: signatures, TwiML and the REST API. Nothing else imports it."""

from voicebot.telephony.signature import Signature, sign

__all__ = ["Signature", "sign"]

"""The telephone in the browser, at `/essai`: for trying everything out with nothing but a web page.

The page is Twilio and the caller in one. It asks for a call as Twilio's webhook does, then speaks Media
Streams over the same audio socket code, so that what works here works on the telephone.
"""

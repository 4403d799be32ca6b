"""The telephone in the browser, at `/essai`: trying everything out with nothing but a web page.

The page is Twilio and the caller in one. It requests a call as Twilio's webhook does, then speaks Media
Streams over the same audio socket code, so that whatever works here works on the telephone.
"""

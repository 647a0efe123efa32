"""The way from a connection to the WSGI application and back, which no slow client can block.

Heads, bodies and answers move in an event loop; the application runs in worker threads only
while it computes. What a client sends lies whole before a thread takes it up, and what it does
not take waits without one. See ADR 19.
"""

"""Production events: our own vocabulary and IPC-CFX, to values of the domain."""

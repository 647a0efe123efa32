"""Our own API under /trace/v1."""

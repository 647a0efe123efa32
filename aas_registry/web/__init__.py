"""HTTP, and nothing else: routes that read a request, call a service and answer."""

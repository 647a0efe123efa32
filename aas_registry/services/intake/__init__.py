"""What is sent to the registry: taken whole or not at all, and answered with a receipt."""

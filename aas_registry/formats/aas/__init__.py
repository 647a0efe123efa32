"""AAS content: JSON and XML to identifiables and back, and what the metamodel says of them."""

"""What content comes in: ZIP, OPC, and the bounds of XML and JSON."""

"""IPC-2591 CFX: what machines on a line report."""

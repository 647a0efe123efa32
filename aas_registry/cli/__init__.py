"""The command line: click commands over the services, and the exit codes."""

"""What every code of an error or a finding means, in the words that a person reads."""

"""``python -m aas_registry``: the same as the command ``aas-registry``."""

import sys

from aas_registry.cli.main import main

sys.exit(main())

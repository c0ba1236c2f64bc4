"""The command line interface as a program, ``python -m qgate.cli``."""

import sys

from qgate.cli import main

sys.exit(main())

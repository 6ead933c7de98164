"""`python -m equipoise_vault`."""

import sys

from equipoise_vault.command import main

sys.exit(main())

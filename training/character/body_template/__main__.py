# SPDX-License-Identifier: GPL-3.0-or-later
"""Entry of `python -m maquette.training.character.body_template`."""

import sys

from .command import main

sys.exit(main())

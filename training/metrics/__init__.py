# SPDX-License-Identifier: GPL-3.0-or-later
"""How good results are, as numbers: no network is involved, and every random choice is fixed."""

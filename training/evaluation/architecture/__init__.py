# SPDX-License-Identifier: GPL-3.0-or-later
"""How well the architecture methods do on outlines, parcels and districts that nothing was trained on."""

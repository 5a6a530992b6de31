# SPDX-License-Identifier: GPL-3.0-or-later
"""Maquette's version, known to the engine under whatever name the package was imported."""

VERSION = "0.1.0"

# SPDX-License-Identifier: GPL-3.0-or-later
"""Trains the models of the architecture methods."""

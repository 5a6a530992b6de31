# SPDX-License-Identifier: GPL-3.0-or-later
"""Maquette's own base body: a template built by code, fitted to the parametric body, and what is learned on it."""

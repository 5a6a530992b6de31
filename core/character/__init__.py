# SPDX-License-Identifier: GPL-3.0-or-later
"""Rigged characters. Importing this declares the methods; what runs them needs torch and is imported late."""

from __future__ import annotations

from ..generators import Method

METHODS: tuple[Method, ...] = ()

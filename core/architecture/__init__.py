# SPDX-License-Identifier: GPL-3.0-or-later
"""Buildings: massings, forms and plans. Importing this declares the methods; what runs them is imported late."""

from __future__ import annotations

from ..generators import Method

METHODS: tuple[Method, ...] = ()

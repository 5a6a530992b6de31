# SPDX-License-Identifier: GPL-3.0-or-later
"""The review loop in the scene: candidates, locks, and the history of what was made, one way for every generator."""

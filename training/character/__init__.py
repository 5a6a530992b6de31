# SPDX-License-Identifier: GPL-3.0-or-later
"""Training of what the character methods have learned."""

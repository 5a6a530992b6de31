# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures in, files out: what an Asset is read from and exported to."""

# SPDX-License-Identifier: GPL-3.0-or-later
"""Architecture: from an outline and a brief to massing and buildings. Plain arrays in metres, Z up."""

# SPDX-License-Identifier: GPL-3.0-or-later
"""What the buttons do. `execute` works to the end and needs no window; `invoke` starts the work and returns."""

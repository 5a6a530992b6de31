# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of the evaluation: what each method makes of materials that it has not seen, in figures and pictures."""

# SPDX-License-Identifier: GPL-3.0-or-later
"""Training: the one loop, a file a model, readers of training data, and the evaluation of what came of it."""

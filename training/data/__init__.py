# SPDX-License-Identifier: GPL-3.0-or-later
"""Readers of training data: folders of materials and of labelled pictures, and streams of crops from them."""

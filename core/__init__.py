# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine: plain data, generators and the worker process. Never imports bpy."""

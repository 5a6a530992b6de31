# SPDX-License-Identifier: GPL-3.0-or-later
"""The one error tree.

MaquetteError            what was wrong, what was given, what to do: one message for people
├── InputError           the designer's input cannot be used: a Request, a picture, a jobs file, an option
│   └── BundleError      a saved Asset cannot be read: damaged, of a newer version, or not a bundle
├── HostError            this machine lacks something: a package, a device, space on the disk, a Blender
├── EngineError          the engine process failed, died or answered nonsense
│   └── OutOfMemory      neither the device nor a smaller step had memory enough
└── Cancelled            the designer asked to stop; never reported as a failure
"""

from __future__ import annotations


class MaquetteError(Exception):
    """An error whose text is meant for the designer: full sentences that say what to do."""


class InputError(MaquetteError):
    """Input that cannot be used, found before any work was done."""


class BundleError(InputError):
    """A folder that is no readable bundle."""


class HostError(MaquetteError):
    """Something that this machine would need and does not have."""


class EngineError(MaquetteError):
    """The engine process failed in a way that is not the designer's doing."""


class OutOfMemory(EngineError):
    """Memory ran out on every step of the ladder."""


class Cancelled(MaquetteError):
    """Work stopped because it was asked to."""

# SPDX-License-Identifier: GPL-3.0-or-later
"""The light of thumbnails: one warm sun from the upper left, a cool sky, a shoulder for what is too bright.

Everything is linear until `encoded`. Shape: (..., 3) for colours and directions of unit length.
"""

from __future__ import annotations

import numpy as np

SUN = np.array([2.35, 2.27, 2.14], np.float32)
SKY = np.array([0.62, 0.67, 0.74], np.float32)
GROUND = np.array([0.34, 0.33, 0.32], np.float32)
# what a dielectric mirrors when looked at straight
_MIRRORED = 0.04


def linear(srgb: np.ndarray) -> np.ndarray:
    """sRGB values in [0, 1] decoded by the curve of IEC 61966-2-1, float32."""
    decoded: np.ndarray = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4).astype(np.float32)
    return decoded


def encoded(light: np.ndarray) -> np.ndarray:
    """Linear light as uint8 sRGB, its brightest tenth rolled off."""
    knee = np.float32(0.8)
    over = np.maximum(light - knee, 0)
    soft = np.minimum(light, knee) + (1 - knee) * (1 - np.exp(-over / (1 - knee)))
    soft = np.clip(soft, 0, 1)
    curve = np.where(soft <= 0.0031308, 12.92 * soft, 1.055 * np.maximum(soft, 1e-8) ** (1 / 2.4) - 0.055)
    return (curve * 255 + 0.5).astype(np.uint8)


def sky(up: np.ndarray) -> np.ndarray:
    """What comes from a direction whose height is `up` (...,) in [-1, 1]."""
    share = np.clip(0.5 + 0.5 * up, 0, 1)[..., None]
    light: np.ndarray = GROUND + (SKY - GROUND) * share
    return light


def lit(
    albedo: np.ndarray,
    roughness: np.ndarray,
    metallic: np.ndarray,
    normal: np.ndarray,
    to_eye: np.ndarray,
    to_sun: np.ndarray,
    up: np.ndarray,
    shadow: np.ndarray,
    open_sky: np.ndarray,
) -> np.ndarray:
    """Light that leaves a surface to the eye: Lambert, and GGX with Schlick's Fresnel (Karis, SIGGRAPH 2013 course).

    `roughness`, `metallic`, `shadow` (1 lit) and `open_sky` (1 unoccluded) are (..., 1); `up` (3,) is where the sky is.
    """
    facing_sun = np.maximum((normal * to_sun).sum(-1, keepdims=True), 0)
    facing_eye = np.maximum((normal * to_eye).sum(-1, keepdims=True), 1e-3)
    half = to_sun + to_eye
    half = half / np.maximum(np.linalg.norm(half, axis=-1, keepdims=True), 1e-6)
    at_half = np.maximum((normal * half).sum(-1, keepdims=True), 0)
    base = _MIRRORED * (1 - metallic) + albedo * metallic
    matt = albedo * (1 - metallic)
    square = np.maximum(roughness, 0.12) ** 4
    spread = square / (np.pi * np.maximum(at_half**2 * (square - 1) + 1, 1e-4) ** 2)
    k = (np.maximum(roughness, 0.12) + 1) ** 2 / 8
    hidden = 1 / ((facing_sun * (1 - k) + k) * (facing_eye * (1 - k) + k))
    fresnel = base + (1 - base) * (1 - facing_eye) ** 5 * (1 - roughness)
    gloss = base * spread * hidden / 4
    mirrored = 2 * facing_eye * normal - to_eye
    from_sky = matt * sky(normal @ up) + fresnel * sky((mirrored @ up) * (1 - 0.5 * roughness[..., 0]))
    light: np.ndarray = (matt / np.pi + gloss) * SUN * facing_sun * shadow + from_sky * open_sky * 0.72
    return light

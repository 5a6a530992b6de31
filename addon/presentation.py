# SPDX-License-Identifier: GPL-3.0-or-later
"""How the panel words and groups what the methods declare. One that is not named here is shown as it declares itself.

Words only: what a parameter is, its range and its default stand in the method's Params.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..core.generators import Method
from ..core.params import ParamSpec, specs
from .param_properties import CORNERS, KEEP, MODEL, choice_label

# what has a place of its own in the panel
PLACED = ("size", "size_m", "maps", MODEL, CORNERS, KEEP, "programme")
# more parameters than these make a panel that is hard to read: the rest go into a sub-panel
MOST_IN_SIGHT = 6


@dataclass(frozen=True)
class Presentation:
    """One method's words: what its picture and its seed are called ("" for a seed that changes nothing).

    `groups` name sub-panels and the parameters in each; those that a method does not declare are passed over.
    """

    picture: str = "Photograph"
    seed: str = "Seed"
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


# the attributes of bodies, as characters' methods declare them
_BODY = {
    "Attributes": ("height", "weight", "muscle", "age"),
    "Proportions": ("head", "arms", "legs", "hands", "torso", "stylisation"),
    "What Comes Along": ("clips", "levels"),
}
# what of the scene each method of architecture reads; one that is not named reads all of it
SITE_PARTS = {
    "massing": ("plot", "neighbours"),
    "plan": ("plot", "outline", "front_door", "pins"),
    "form": ("plot", "parcels", "neighbours"),
    "building": ("plot", "outline", "front_door", "neighbours", "pins"),
}
# of these one at least must be chosen; plans and buildings without a site have a width and a depth
SITE_NEEDS = {"massing": ("plot",), "form": ("plot", "parcels")}
_ALL_OF_SITE = ("plot", "outline", "front_door", "neighbours", "parcels", "pins")
# methods whose options are searched for: too slow to follow a slider
SEARCHING = ("massing",)
# methods that search around the code of a Request that has parents; with a code alone they make that one
REFINING: tuple[str, ...] = ()
_SUN = ("latitude_deg", "north_deg", "sun_hours", "daylit_depth_m")
_AIMS = ("neighbour_sun_weight", "ground_sun_weight", "view_weight", "compactness_weight")
_SEARCH = ("evaluations", "bar_depth_m", "core_width_m")
_LIMITS = ("floor_area_ratio", "gross_floor_area_m2", "height_limit_m", "setback_m", "coverage", "options")
PRESENTATIONS = {
    "architecture/massing": Presentation(groups={"Sun and North": _SUN, "Aims": _AIMS, "Search": _SEARCH}),
    "architecture/plan": Presentation(groups={"Without an Outline": ("width_m", "depth_m")}),
    "architecture/building": Presentation(
        groups={
            "Without an Outline": ("width_m", "depth_m"),
            "Facade and Roof": ("ground_height_m", "roof_pitch_deg", "eaves_m", "wall_m", "balconies"),
            "What Comes Along": ("interiors", "materials", "levels"),
            "Shape by Massing": (*_LIMITS, *_SUN, *_AIMS, *_SEARCH),
            "Shape by Form": ("relative_height", "relative_size"),
        },
    ),
    "texture/exemplar": Presentation(seed="Arrangement"),
    "texture/tileable": Presentation(picture="Picture"),
    "texture/inpaint": Presentation(
        picture="Picture",
        seed="Filling",
        groups={"Rectangle instead of a Mask": ("x", "y", "width", "height")},
    ),
    "texture/extend": Presentation(picture="Picture", seed="Filling"),
    "texture/photo": Presentation(seed=""),
    "texture/family": Presentation(
        picture="Like This Picture",
        seed="Material",
        groups={"Colour": ("brightness", "hue", "saturation", "contrast")},
    ),
}


def presentation(method: Method) -> Presentation:
    """The method's words."""
    default = Presentation(groups=_BODY) if method.generator == "character" else Presentation()
    return PRESENTATIONS.get(f"{method.generator}/{method.name}", default)


def site_parts(method: Method) -> Sequence[str]:
    """What of the scene a method of architecture reads, in the order of the panel."""
    return SITE_PARTS.get(method.name, _ALL_OF_SITE)


def needed_of_site(method: Method) -> Sequence[str]:
    """Of what of the site one at least must be chosen; nothing is asked of a method that is not known."""
    return SITE_NEEDS.get(method.name, ())


def in_sight(method: Method) -> list[ParamSpec]:
    """The parameters that stand in the panel itself, without those that have a place of their own."""
    return _split(method)[0]


def sub_panels(method: Method) -> list[tuple[str, list[ParamSpec]]]:
    """(title, parameters) of each sub-panel."""
    rest = _split(method)[1]
    by_name = {spec.name: spec for spec in specs(method.params)}
    named = [
        (title, [by_name[name] for name in names if name in by_name])
        for title, names in presentation(method).groups.items()
    ]
    return [(title, found) for title, found in (*named, ("More", rest)) if found]


def _split(method: Method) -> tuple[list[ParamSpec], list[ParamSpec]]:
    grouped = {name for names in presentation(method).groups.values() for name in names}
    plain = [spec for spec in specs(method.params) if spec.name not in PLACED and spec.name not in grouped]
    most = len(plain) if len(plain) <= MOST_IN_SIGHT + 1 else MOST_IN_SIGHT
    return plain[:most], plain[most:]


def role_label(role: str, method: Method) -> str:
    """A reference's name in the panel."""
    return presentation(method).picture if role == "albedo" else choice_label(role)


def roles_above(method: Method) -> Sequence[str]:
    """The references that stand in the panel itself: the main picture, what is required, and the mask."""
    return [role for role in method.roles if role in ("albedo", "mask") or role in method.required]


def roles_below(method: Method) -> Sequence[str]:
    """The references of the sub-panel: further maps of the same surface."""
    return [role for role in method.roles if role not in roles_above(method)]

# SPDX-License-Identifier: GPL-3.0-or-later
"""The node tree of a PBR material, and how it changes in place without touching what the designer did to it.

    Mapping -> the maps' images -> ambient occlusion over albedo -> Principled BSDF -> Output
                                -> Normal Map (UVs) or Bump (box)  ┘
                                -> Displacement -------------------------------------> Output

UVs have tangents, so the normal map shades; a box projection has none, so the height shades through a Bump node. The
displacement is always wired, its amount 0 unless the geometry shall move: then the height does the shading too, in
`BOTH`, and the normal map steps back so that no relief is counted twice.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import bpy

from ...core.texture.maps import MAPS
from .graph import Graph
from .mapping import HEIGHT, VECTOR, WIDTH, forget_group, mapping_group

PREFIX = "Maquette "
PRINCIPLED, OUTPUT, MAPPING = PREFIX + "Principled", PREFIX + "Output", PREFIX + "Mapping"
NORMAL, BUMP, OCCLUSION = PREFIX + "Normal Map", PREFIX + "Bump", PREFIX + "Occlusion"
DISPLACEMENT, AMOUNT, DEPTH = PREFIX + "Displacement", PREFIX + "Displacement Amount", PREFIX + "Relief Depth"
# how far the sides of a box projection run into each other
BOX_BLEND = 0.2


@dataclass(frozen=True)
class Look:
    """What the tree needs to know besides its images; lengths in Blender units.

    `mapping` is "UV" or "BOX", `relief_as` "SHADING" or "GEOMETRY". `occlusion` says whether ambient occlusion darkens
    the albedo: a photograph already holds its own, so one that was derived from it stays muted.
    """

    width: float
    height: float
    depth: float
    mapping: str
    relief_as: str
    occlusion: bool


def image_node_name(map_name: str) -> str:
    """The name of the image node of a map."""
    return PREFIX + MAPS[map_name].label


def build_material(name: str, images: Mapping[str, Any], look: Look) -> Any:
    """A new material with its whole node tree."""
    material: Any = bpy.data.materials.new(name)
    if not material.node_tree:
        material.use_nodes = True
    material.node_tree.nodes.clear()
    graph = Graph(material.node_tree)
    _add_shading(graph)
    for map_name in MAPS:
        if map_name in images:
            _add_map(graph, map_name, images[map_name])
    _add_frames(graph)
    set_look(material, look)
    if albedo := graph.find(image_node_name("albedo")):
        # the image that the solid view's texture mode and texture paint take
        material.node_tree.nodes.active = albedo
    return material


def set_look(material: Any, look: Look, kept: Collection[str] = ()) -> None:
    """Bring our own nodes to `look`; nodes that the designer deleted stay deleted, others are left alone. The values
    of the nodes in `kept` stay as they are."""
    graph = _Without(material.node_tree, kept)
    if mapping := graph.find(MAPPING):
        former, mapping.node_tree = mapping.node_tree, mapping_group(look.mapping)
        forget_group(former)
        mapping.inputs[WIDTH].default_value = look.width
        mapping.inputs[HEIGHT].default_value = look.height
    for map_name in MAPS:
        if node := graph.find(image_node_name(map_name)):
            node.projection = "BOX" if look.mapping == "BOX" else "FLAT"
            node.projection_blend = BOX_BLEND
    _set_relief(material, graph, look)
    if occlusion := graph.find(OCCLUSION):
        occlusion.mute = not look.occlusion


def look_values(material: Any) -> dict[str, list[Any]]:
    """The values of our nodes that `set_look` sets, by node, as plain JSON values."""
    graph = Graph(material.node_tree)
    values: dict[str, list[Any]] = {}
    if node := graph.find(MAPPING):
        # by what it is: one that came with another file has a number behind its name
        group = str(node.node_tree.get("maquette_group", node.node_tree.name)) if node.node_tree else ""
        values[MAPPING] = [group, *(float(node.inputs[n].default_value) for n in (WIDTH, HEIGHT) if n in node.inputs)]
    for name in (image_node_name(map_name) for map_name in MAPS):
        if node := graph.find(name):
            values[name] = [node.projection, float(node.projection_blend)]
    for name in (AMOUNT, DEPTH):
        if node := graph.find(name):
            values[name] = [float(node.outputs["Value"].default_value)]
    for name, inputs in ((NORMAL, ("Strength",)), (BUMP, ("Strength", "Distance"))):
        if node := graph.find(name):
            values[name] = [float(node.inputs[socket].default_value) for socket in inputs]
    return values


class _Without(Graph):
    """A tree in which some nodes are not found."""

    def __init__(self, tree: bpy.types.NodeTree, hidden: Collection[str]) -> None:
        super().__init__(tree)
        self._hidden = frozenset(hidden)

    def find(self, name: str) -> Any:
        """The node of that name, unless it is hidden."""
        return None if name in self._hidden else super().find(name)


def set_images(material: Any, images: Mapping[str, Any], known: set[str]) -> None:
    """Put new images into our image nodes. A map outside `known` is new to this material and gets its node."""
    graph = Graph(material.node_tree)
    for map_name, image in images.items():
        if node := graph.find(image_node_name(map_name)):
            node.image = image
        elif map_name not in known:
            _add_map(graph, map_name, image)


def map_images(material: Any) -> dict[str, Any]:
    """The images that stand in our image nodes, by map."""
    graph = Graph(material.node_tree)
    nodes = {name: graph.find(image_node_name(name)) for name in MAPS}
    return {name: node.image for name, node in nodes.items() if node is not None and node.image is not None}


def _set_relief(material: Any, graph: Graph, look: Look) -> None:
    moves = look.relief_as == "GEOMETRY" and graph.find(DISPLACEMENT) is not None
    material.displacement_method = "BOTH" if moves else "DISPLACEMENT"
    if amount := graph.find(AMOUNT):
        amount.outputs["Value"].default_value = 1.0 if moves else 0.0
    if depth := graph.find(DEPTH):
        depth.outputs["Value"].default_value = look.depth
    if normal := graph.find(NORMAL):
        normal.inputs["Strength"].default_value = 0.0 if moves else 1.0
    if bump := graph.find(BUMP):
        bump.inputs["Distance"].default_value = look.depth
        bump.inputs["Strength"].default_value = 0.0 if moves else 1.0
    _wire_relief(Graph(material.node_tree), look)


def _wire_relief(graph: Graph, look: Look) -> None:
    """The normal map or the bump into the shader, as the mapping wants."""
    shader, normal, bump = graph.find(PRINCIPLED), graph.find(NORMAL), graph.find(BUMP)
    by_height = look.mapping == "BOX" and bump is not None
    source = bump if by_height else normal or bump
    if shader and source and _is_ours(shader.inputs["Normal"]):
        graph.link(source.outputs["Normal"], shader.inputs["Normal"])


def _is_ours(socket: Any) -> bool:
    """Whether nothing, or one of our nodes, feeds the socket: what the designer plugged in stays."""
    return not socket.is_linked or socket.links[0].from_node.name.startswith(PREFIX)


def _add_shading(graph: Graph) -> None:
    output = graph.add("ShaderNodeOutputMaterial", OUTPUT, (700, 300), "Material")
    shader = graph.add("ShaderNodeBsdfPrincipled", PRINCIPLED, (380, 300), "Surface")
    graph.link(shader.outputs["BSDF"], output.inputs["Surface"])
    graph.add("ShaderNodeGroup", MAPPING, (-1000, 300), "Real-world size", width=200, node_tree=mapping_group("UV"))


def _add_frames(graph: Graph) -> None:
    images = [node for name in MAPS if (node := graph.find(image_node_name(name)))]
    graph.frame(PREFIX + "Frame Mapping", "Mapping", graph.find(MAPPING))
    graph.frame(PREFIX + "Frame Maps", "Maps", *images)
    relief = [node for name in (NORMAL, BUMP, DISPLACEMENT, AMOUNT, DEPTH) if (node := graph.find(name))]
    relief += [node for node in graph.tree.nodes if node.name.startswith(PREFIX + "Scale")]
    if relief:
        graph.frame(PREFIX + "Frame Relief", "Relief", *relief)


def _add_map(graph: Graph, map_name: str, image: Any) -> None:
    """The image node of one map, wired to what it drives wherever that input is free."""
    place = (-700.0, 700.0 - 300.0 * list(MAPS).index(map_name))
    node = graph.add("ShaderNodeTexImage", image_node_name(map_name), place, MAPS[map_name].label, width=260)
    node.image = image
    if mapping := graph.find(MAPPING):
        graph.link(mapping.outputs[VECTOR], node.inputs["Vector"])
    _WIRING[map_name](graph, node.outputs["Color"])


def _wire_to_shader(socket_name: str) -> Any:
    def wire(graph: Graph, colour: Any) -> None:
        shader = graph.find(PRINCIPLED)
        if shader and not shader.inputs[socket_name].is_linked:
            graph.link(colour, shader.inputs[socket_name])

    return wire


def _wire_normal(graph: Graph, colour: Any) -> None:
    node = graph.add("ShaderNodeNormalMap", NORMAL, (-60, -100), "Normal")
    graph.link(colour, node.inputs["Color"])


def _wire_occlusion(graph: Graph, colour: Any) -> None:
    """Ambient occlusion times albedo, between the albedo's image and the shader."""
    shader, albedo = graph.find(PRINCIPLED), graph.find(image_node_name("albedo"))
    node = graph.add(
        "ShaderNodeMix", OCCLUSION, (-60, 560), "Ambient occlusion", data_type="RGBA", blend_type="MULTIPLY"
    )
    factor, first, second = (_socket(node.inputs, name) for name in ("Factor_Float", "A_Color", "B_Color"))
    factor.default_value = 1.0
    graph.link(colour, second)
    if not (shader and albedo):
        return
    links = shader.inputs["Base Color"].links
    if links and links[0].from_node == albedo:
        graph.link(albedo.outputs["Color"], first)
        graph.link(_socket(node.outputs, "Result_Color"), shader.inputs["Base Color"])


def _wire_height(graph: Graph, colour: Any) -> None:
    bump = graph.add("ShaderNodeBump", BUMP, (-60, -300), "Normal from height")
    graph.link(colour, bump.inputs["Height"])
    displacement = graph.add("ShaderNodeDisplacement", DISPLACEMENT, (140, -560), "Displacement")
    amount = graph.add("ShaderNodeValue", AMOUNT, (-260, -560), "Displacement: 0 off, 1 on")
    depth = graph.add("ShaderNodeValue", DEPTH, (-260, -680), "Depth of the relief")
    scale = graph.add("ShaderNodeMath", PREFIX + "Scale", (-60, -560), "Depth shown", operation="MULTIPLY")
    # the two inputs of a Math node have one name
    graph.link(amount.outputs["Value"], scale.inputs[0])
    graph.link(depth.outputs["Value"], scale.inputs[1])
    graph.link(scale.outputs["Value"], displacement.inputs["Scale"])
    graph.link(colour, displacement.inputs["Height"])
    displacement.inputs["Midlevel"].default_value = 0.5
    output = graph.find(OUTPUT)
    if output and not output.inputs["Displacement"].is_linked:
        graph.link(displacement.outputs["Displacement"], output.inputs["Displacement"])


def _socket(sockets: Any, identifier: str) -> Any:
    """A socket by identifier: a Mix node has sockets of one name for every type of data."""
    return next(socket for socket in sockets if socket.identifier == identifier)


_WIRING: dict[str, Any] = {
    "albedo": _wire_to_shader("Base Color"),
    "normal": _wire_normal,
    "roughness": _wire_to_shader("Roughness"),
    "metallic": _wire_to_shader("Metallic"),
    "height": _wire_height,
    "ambient_occlusion": _wire_occlusion,
}

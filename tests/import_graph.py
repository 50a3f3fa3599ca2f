"""The graph of our modules: circles of imports, folders that import each other, and who imports upward.

An edge leads from the importer to the module imported; `from a.b import c` leads to `a.b.c` where that is a module,
and to `a.b` where it is none. Imports inside functions and for type checkers count.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations

from tests.architecture import FLOORS, LAYERS, Source, floor_of, layer_of


@dataclass
class Graph:
    """Our modules, and for each the modules that it imports."""

    packages: set[str] = field(default_factory=set)
    edges: dict[str, set[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, sources: Iterable[Source]) -> Graph:
        """Read the imports of our apps; migrations are records and take no part."""
        ours = {source.module: source for source in sources if floor_of(source.module) is not None}
        ours = {name: source for name, source in ours.items() if not source.is_migration}
        packages = {name for name, source in ours.items() if source.path.endswith("__init__.py")}
        edges = {name: set(_imported(source, ours.keys())) - {name} for name, source in ours.items()}
        return cls(packages, edges)

    @property
    def pairs(self) -> Iterator[tuple[str, str]]:
        """Every edge: (importer, imported)."""
        return ((module, other) for module, others in self.edges.items() for other in others)

    def folder_of(self, module: str) -> str:
        """The package that a module lies in. The face of a package, its `__init__`, is a unit of its own."""
        return f"{module}/__init__" if module in self.packages else module.rpartition(".")[0]


def _imported(source: Source, modules: Iterable[str]) -> Iterator[str]:
    known = set(modules)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name in known)
        elif isinstance(node, ast.ImportFrom):
            base = _base_of(node, source)
            for name in node.names:
                whole = f"{base}.{name.name}"
                if whole in known:
                    yield whole
                elif base in known:
                    yield base


def _base_of(node: ast.ImportFrom, source: Source) -> str:
    if not node.level:
        return node.module or ""
    package = source.module.split(".")
    package = package[: len(package) - node.level + source.path.endswith("__init__.py")]
    return ".".join([*package, *filter(None, [node.module])])


def circles(sources: Iterable[Source]) -> Iterator[str]:
    """No circle of imports: which module of a circle is read first decides what works."""
    for component in _components(Graph.of(sources).edges):
        if len(component) > 1:
            yield " ↔ ".join(sorted(component))


def _components(edges: dict[str, set[str]]) -> list[set[str]]:
    """The strongly connected components: modules that reach one another, by Kosaraju's two walks."""
    reverse: dict[str, set[str]] = {module: set() for module in edges}
    for module, others in edges.items():
        for other in others:
            reverse[other].add(module)
    seen: set[str] = set()
    found = [set(_walk(module, reverse, seen)) for module in _last_left_first(edges)]
    return [component for component in found if component]


def _last_left_first(edges: dict[str, set[str]]) -> list[str]:
    """The modules in the order in which a walk in depth leaves them, turned around."""
    left: list[str] = []
    seen: set[str] = set()
    for start in sorted(edges):
        path = [(start, iter(sorted(edges[start])))] if start not in seen else []
        seen.add(start)
        while path:
            module, others = path[-1]
            following = next((other for other in others if other not in seen), None)
            if following is None:
                left.append(module)
                path.pop()
            else:
                seen.add(following)
                path.append((following, iter(sorted(edges[following]))))
    return left[::-1]


def _walk(start: str, edges: dict[str, set[str]], seen: set[str]) -> list[str]:
    """Everything that can be reached from `start` and was not seen before, which it is now."""
    found, waiting = [], [start]
    while waiting:
        module = waiting.pop()
        if module not in seen:
            seen.add(module)
            found.append(module)
            waiting += edges[module] - seen
    return found


def folders_that_import_each_other(sources: Iterable[Source]) -> Iterator[str]:
    """No two folders import each other, a folder and one inside it included.

    What lies directly in an app is ordered by LAYERS, module by module, and does not count against that app's folders.
    """
    graph = Graph.of(sources)
    between = {(graph.folder_of(module), graph.folder_of(other)) for module, other in graph.pairs}
    folders = sorted({folder for pair in between for folder in pair if "/" not in folder})
    for one, other in combinations(folders, 2):
        is_app_around = one in FLOORS and other.startswith(f"{one}.")
        if not is_app_around and {(one, other), (other, one)} <= between:
            yield f"{one} ↔ {other}"


def upward(sources: Iterable[Source]) -> dict[str, int]:
    """Count the imports from a lower app to a higher one, by kind."""
    counted = {"roof to what lies below a higher roof": 0, "roof to a higher roof": 0, "below the roof": 0}
    for module, other in Graph.of(sources).pairs:
        if (floor_of(other) or 0) <= (floor_of(module) or 0):
            continue
        if layer_of(module) != len(LAYERS):
            counted["below the roof"] += 1
        elif layer_of(other) == len(LAYERS):
            counted["roof to a higher roof"] += 1
        else:
            counted["roof to what lies below a higher roof"] += 1
    return counted

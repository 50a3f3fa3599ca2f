"""HTML from elsewhere as Markdown that a person can edit; everything that is not plain prose is left out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser

import nh3

_BLOCKS = {
    *(
        "p",
        "div",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "li",
        "pre",
        "blockquote",
        "hr",
        "table",
        "thead",
    ),
    *("tbody", "tr", "dl", "dt", "dd"),
}
_CELLS = {"th", "td"}
_INLINE = {"a", "em", "i", "strong", "b", "s", "del", "code", "br"}
_MARKS = {"em": "*", "i": "*", "strong": "**", "b": "**", "s": "~~", "del": "~~"}
_DEEPEST = 40
_STARTS_AS_HTML = re.compile(
    r"<(p|div|ul|ol|h[1-6]|table|blockquote|pre|dl|section|article|span|br|a|em|strong|b|i)\b", re.I
)
_HAS_CLOSED_BLOCK = re.compile(r"</(p|div|ul|ol|li|h[1-6]|table)\s*>", re.I)
_CODE = re.compile(r"(`+).*?\1", re.S)


@dataclass
class _Node:
    """One element with what is in it; `tag` is empty for the whole."""

    tag: str
    href: str = ""
    children: list[_Node | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text for child in self.children)


def is_html(text: str) -> bool:
    """Return True for text written as HTML; Markdown with some HTML in it is still Markdown."""
    return bool(_STARTS_AS_HTML.match(text.lstrip()) or _HAS_CLOSED_BLOCK.search(_CODE.sub("", text)))


def html_to_markdown(html: str) -> str:
    """Return the words, paragraphs, lists, links, emphasis and code of `html` as Markdown."""
    known = nh3.clean(html, tags=_BLOCKS | _CELLS | _INLINE, attributes={"a": {"href"}}, link_rel=None)
    tree = _TreeBuilder()
    tree.feed(known)
    tree.close()
    return "\n\n".join(_blocks(tree.root)).strip()


class _TreeBuilder(HTMLParser):
    """Builds the tree of what nh3 gave back, so tags are balanced; very deep ones are flattened."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = _Node("")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = _Node(tag, dict(attrs).get("href") or "")
        if len(self._open) <= _DEEPEST:
            self._open[-1].children.append(node)
        if tag not in {"br", "hr"}:
            self._open.append(node if len(self._open) <= _DEEPEST else self._open[-1])

    def handle_endtag(self, tag: str) -> None:
        if tag not in {"br", "hr"} and len(self._open) > 1:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


def _blocks(node: _Node) -> list[str]:
    """Return the blocks in `node`; words between them become paragraphs of their own."""
    blocks: list[str] = []
    run: list[_Node | str] = []
    for child in node.children:
        if isinstance(child, str) or child.tag in _INLINE:
            run.append(child)
            continue
        blocks.append(_paragraph(run))
        run = []
        blocks.extend(_block(child))
    return [block for block in [*blocks, _paragraph(run)] if block]


def _block(node: _Node) -> list[str]:
    if node.tag == "hr":
        return ["---"]
    if node.tag[:1] == "h" and node.tag[1:].isdigit():
        title = _inline(node.children).replace("\\\n", " ").strip()
        return [f"{'#' * int(node.tag[1])} {title}"] if title else []
    if node.tag == "pre":
        return [_fenced(node.text.strip("\n"))]
    if node.tag in {"ul", "ol"}:
        return [_list(node)]
    if node.tag == "blockquote":
        return [_prefixed("\n\n".join(_blocks(node)), "> ")]
    if node.tag == "table":
        return [_table(node)]
    return _blocks(node)


def _paragraph(run: Iterable[_Node | str]) -> str:
    lines = [line.strip() for line in _inline(run).split("\\\n")]
    while lines and not lines[-1]:
        lines.pop()
    return "\\\n".join(_not_a_block(line) for line in lines if line)


def _not_a_block(line: str) -> str:
    """Keep a line of prose prose, when it begins like a heading, list, quote or rule."""
    line = re.sub(r"^(#{1,6}(?=\s|$)|[-+](?=\s|$)|>|={1,}$|-{2,}|~{3,})", r"\\\1", line)
    return re.sub(r"^(\d{1,9})([.)])(?=\s|$)", r"\1\\\2", line)


def _list(node: _Node) -> str:
    items = [child for child in node.children if isinstance(child, _Node)]
    lines: list[str] = []
    for number, item in enumerate(items, start=1):
        mark = f"{number}. " if node.tag == "ol" else "- "
        blocks = _block(item) if item.tag != "li" else _blocks(item)
        nested = blocks[1:] and all(block.startswith(("- ", "1. ")) for block in blocks[1:])
        body = ("\n" if nested else "\n\n").join(blocks)
        lines.append(mark + _prefixed(body, " " * len(mark)).strip())
    return "\n".join(line for line in lines if line.strip(" -"))


def _table(node: _Node) -> str:
    rows = [_cells(row) for row in _rows(node)]
    rows = [row for row in rows if any(row)]
    if not rows:
        return ""
    width = max(len(row) for row in rows)
    lines = ["| " + " | ".join(row + [""] * (width - len(row))) + " |" for row in rows]
    return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])


def _rows(node: _Node) -> Iterable[_Node]:
    for child in node.children:
        if isinstance(child, _Node):
            yield from [child] if child.tag == "tr" else _rows(child)


def _cells(row: _Node) -> list[str]:
    cells = [cell for cell in row.children if isinstance(cell, _Node)]
    return [
        " ".join(_blocks(cell)).replace("\\\n", " ").replace("\n", " ").replace("|", "\\|") for cell in cells
    ]


def _prefixed(text: str, prefix: str) -> str:
    return "\n".join((prefix + line).rstrip() for line in text.split("\n"))


def _fenced(code: str) -> str:
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", code)), default=0))
    return f"{fence}\n{code}\n{fence}"


def _inline(run: Iterable[_Node | str]) -> str:
    joined = "".join(_words(part) if isinstance(part, str) else _inline_element(part) for part in run)
    return re.sub(r"[ \t\n]*\\\n[ \t]*", "\\\n", re.sub(r"(?<!\\)[ \t\n]+", " ", joined))


def _words(text: str) -> str:
    """Return words that Markdown reads as nothing but words; white space as HTML has it."""
    text = re.sub(r"\s+", " ", text.replace("\xa0", " "))
    text = re.sub(r"([\\`*<])", r"\\\1", text)
    text = re.sub(r"(?<!\w)_|_(?!\w)", r"\\_", text)
    text = re.sub(r"~(?=~)", r"\\~", text)
    text = re.sub(r"&(?=#?\w+;)", r"\\&", text)
    return re.sub(r"\[(?=[^\]]*\][(:\[])", r"\\[", text)


def _inline_element(node: _Node) -> str:
    if node.tag == "br":
        return "\\\n"
    if node.tag == "code":
        return _code(node.text)
    inner = _inline(node.children)
    if not inner.strip():
        return inner
    before, after = inner[: -len(inner.lstrip())], inner[len(inner.rstrip()) :]
    return before + _decorated(node, inner.strip()) + after


def _decorated(node: _Node, inner: str) -> str:
    if node.tag in _MARKS and re.search(r"\w", inner):
        return f"{_MARKS[node.tag]}{inner}{_MARKS[node.tag]}"
    if node.tag == "a" and node.href:
        href = re.sub(r"([\\()<>])", r"\\\1", re.sub(r"\s", "%20", node.href.strip()))
        return f"[{inner}]({href})"
    return inner


def _code(text: str) -> str:
    text = re.sub(r"\s+", " ", text)
    if not text.strip():
        return text
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"

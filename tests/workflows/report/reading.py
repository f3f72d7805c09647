"""Reading a report back as a browser would."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = frozenset({"br", "meta"})


class Page(HTMLParser):
    """The elements, texts and addresses of a page; what is not well-formed fails at once."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self.addresses: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert not self._open, f"never closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        self._note(tag, attrs)
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element of SVG that holds nothing."""
        self._note(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """The innermost element ends."""
        assert self._open, f"</{tag}> closes nothing"
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Text inside the innermost element."""
        if data.strip() and self._open:
            self.texts.setdefault(self._open[-1], []).append(data.strip())

    def count(self, tag: str, class_: str = "") -> int:
        """How many elements of that name, and of that class, there are."""
        return sum(
            name == tag and (not class_ or class_ in (attributes.get("class") or "").split())
            for name, attributes in self.elements
        )

    def _note(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.elements.append((tag, attributes))
        self.addresses += [
            value for key in ("href", "src", "action", "data") if (value := attributes.get(key))
        ]

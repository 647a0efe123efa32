"""AAS XML to AAS JSON, element by element, by the table of the metamodel.

What the metamodel knows becomes the JSON that it defines. What it does not know is kept
in members of names that it does not know either, so nothing is lost and the check of the
JSON finds it: an unknown element under its name, an attribute as ``@name`` (of a text or
list: ``member@name``), text beside elements as ``#text`` (``member#text``), the second of
two members as ``member#position``, an element of another namespace as ``{namespace}name``.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import error
from aas_registry.domain.limits import Limits
from aas_registry.formats.bounded_xml import name_of, namespace_of
from aas_registry.formats.metamodel_table import Shape
from aas_registry.formats.xml_forms import UNKNOWN, XmlForm, form_below

_TRUTH = {"true": True, "1": True, "false": False, "0": False}
_STEP = re.compile(r"\[(\d+)\]|([^.\[]+)")
# These say where and how a document is described, not what it says.
_PASSED_OVER = ("{http://www.w3.org/2001/XMLSchema-instance}", "{http://www.w3.org/XML/1998/namespace}space")


_Child = tuple[str, Any, int]  # name, value, row
_NOTHING: dict[str, Any] = {}
_NO_CHILDREN: list[_Child] = []
_NO_TEXTS: list[str] = []


class _Frame:
    __slots__ = ("attributes", "beside", "children", "form", "name", "row", "stray")

    def __init__(self, name: str, form: XmlForm, attributes: dict[str, str], row: int) -> None:
        self.name = name
        self.form = form
        self.attributes = attributes
        self.row = row
        # Most elements are texts and have neither: nothing is made for them.
        self.children = _NO_CHILDREN
        self.beside = _NOTHING
        self.stray = _NO_TEXTS

    def put_beside(self, name: str, value: Any) -> None:
        if self.beside is _NOTHING:
            self.beside = {}
        self.beside[name if name not in self.beside else f"{name}#{len(self.beside)}"] = value

    def texts_beside(self) -> dict[str, Any]:
        return {"#text": "\n".join(self.stray)} if self.stray else {}


class XmlBody:
    """Reads one document, and remembers the rows of its objects.

    Attributes:
        value: The JSON, once all was read.
    """

    def __init__(
        self, open_root: Callable[[str, int], tuple[XmlForm, str | None]], *, limits: Limits, part: str | None
    ) -> None:
        """Start with nothing read.

        Args:
            open_root: Told the tag and the row of the root; answers how it is read, and the
                namespace of the metamodel, None where namespaces are not told apart.
            limits: ``aas_elements``, ``json_values``.
            part: Part of the package, for findings.
        """
        self.value: Any = None
        self._open_root = open_root
        self._namespace: str | None = None
        self._limits = limits
        self._part = part
        self._names: dict[str, str] = {}
        self._rows: dict[int, tuple[int, int, list[_Child]]] = {}
        self._left = limits.json_values
        self._left_counted = limits.aas_elements
        self._stack: list[_Frame] = []

    def start(self, tag: str, attributes: dict[str, str], row: int) -> None:
        """Take the start of an element.

        Raises:
            RefusedError: AAS-TOO-MANY-ELEMENTS, or what ``open_root`` raises.
        """
        stack = self._stack
        if not stack:
            form, self._namespace = self._open_root(tag, row)
            stack += [_Frame("", UNKNOWN, {}, row), _Frame("", form, {}, row)]
            return
        name = self._names.get(tag) or self._named(tag)
        above = stack[-1].form
        if above.members is not None:
            form = above.members.get(name, UNKNOWN)
        else:
            form = form_below(above, name, unwrap=self._namespace is None)
        stack.append(_Frame(name, form, attributes, row))
        self._left -= 1
        if form.is_counted:
            self._left_counted -= 1
        if self._left < 0 or self._left_counted < 0:
            self._refuse_many(row)

    def beside(self, text: str) -> None:
        """Keep text that stands beside the children of the open element."""
        frame = self._stack[-1]
        if frame.stray:
            frame.stray.append(text)
        else:
            frame.stray = [text]

    def end(self, text: str) -> None:
        """Take the end of the open element."""
        stack = self._stack
        frame = stack.pop()
        holder = stack[-1]
        form = frame.form
        if form.shape is not None and not frame.children:
            value = text if form.shape is Shape.TEXT else _leaf(form.shape, text)
        elif form.choices is not None:
            value = self._chosen(frame, text)
        else:
            value = self._object(frame, text)
        if frame.attributes or frame.stray:
            value = _set_beside(holder, frame, value)
        if holder.children:
            holder.children.append((frame.name, value, frame.row))
        else:
            holder.children = [(frame.name, value, frame.row)]
        if len(stack) == 1:
            self.value = value

    def row_of(self, path: str) -> int | None:
        """Return the row of an element path, or of the nearest that is there above it."""
        current = self.value
        row: int | None = None
        for match in _STEP.finditer(path):
            known = self._rows.get(id(current))
            position = _position(current, match)
            if known is None or position is None:
                return known[0] if known else row
            is_child = 0 <= position - known[1] < len(known[2])
            row = known[2][position - known[1]][2] if is_child else known[0]
            current = current[position] if isinstance(current, list) else current[match[2]]
        return row

    def _named(self, tag: str) -> str:
        is_known = self._namespace is None or namespace_of(tag) == self._namespace
        self._names[tag] = name = name_of(tag) if is_known else tag
        return name

    def _chosen(self, frame: _Frame, text: str) -> Any:
        form = frame.form
        if not frame.children and text and not text.isspace():
            return text
        items = [self._item(form, name, value) for name, value, _ in frame.children]
        if not form.is_list and len(items) == 1:
            return items[0]
        if not form.is_list and not items:
            return {}
        self._rows[id(items)] = (frame.row, 0, frame.children)
        return items

    def _item(self, form: XmlForm, name: str, value: Any) -> Any:
        choices = form.choices or {}
        if name in choices or (self._namespace is None and name == form.wrapper):
            return value
        if not any(each.model and each.model.has_model_type for each in choices.values()):
            return {name: value}
        told = {"modelType": name[:1].upper() + name[1:]}
        return {**told, **value} if isinstance(value, dict) else {**told, name: value}

    def _object(self, frame: _Frame, text: str) -> Any:
        model = frame.form.model
        has_text = bool(text) and not text.isspace()
        if not frame.children and not frame.attributes and (model is None or has_text):
            return text
        body: dict[str, Any] = {"modelType": model.name} if model and model.has_model_type else {}
        self._rows[id(body)] = (frame.row, len(body), frame.children)
        for name, value, row in frame.children:
            body[self._another(name, body, row) if name in body else name] = value
        if frame.attributes or frame.beside or frame.stray:
            for name, value in {**_attributes(frame, ""), **frame.beside, **frame.texts_beside()}.items():
                body.setdefault(name, value)
        if has_text:
            body.setdefault("#text", text)
        return body

    def _another(self, name: str, body: Mapping[str, Any], row: int) -> str:
        # A second member of one name keeps its place in a name that is not taken.
        self._left_counted -= 1
        if self._left_counted < 0:
            self._refuse_many(row)
        return f"{name}#{len(body)}"

    def _refuse_many(self, row: int) -> NoReturn:
        message = f"There are more than {self._limits.aas_elements} elements."
        raise RefusedError(error(Code.AAS_TOO_MANY_ELEMENTS, message, part=self._part, row=row))


def _leaf(shape: Shape, text: str) -> Any:
    if shape is Shape.TRUTH:
        return _TRUTH.get(text.strip(), text)
    return "".join(text.split()) if shape is Shape.BYTES else text


def _set_beside(holder: _Frame, frame: _Frame, value: Any) -> Any:
    form = frame.form
    is_object = form.choices is None and (form.shape is None or bool(frame.children))
    if is_object:
        return value
    texts = {f"{frame.name}{key}": text for key, text in frame.texts_beside().items()}
    found = {**_attributes(frame, frame.name), **texts}
    if found and holder.form.model is None:
        return {frame.name: value, **found}
    for name, text in found.items():
        holder.put_beside(name, text)
    return value


def _attributes(frame: _Frame, name: str) -> dict[str, Any]:
    members = (frame.form.members or {}) if not name else {}
    return {
        key if key in members else f"{name}@{key}": value
        for key, value in frame.attributes.items()
        if not key.startswith(_PASSED_OVER)
    }


def _position(value: Any, step: re.Match[str]) -> int | None:
    if isinstance(value, list) and step[1]:
        position = int(step[1][:9])
        return position if position < len(value) else None
    if isinstance(value, dict) and step[2] in value:
        return list(value).index(step[2])
    return None

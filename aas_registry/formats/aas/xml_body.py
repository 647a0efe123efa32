"""AAS XML to AAS JSON, element by element, by the table of the metamodel.

What the metamodel knows becomes the JSON that it defines. What it does not know is kept
in members of names that it does not know either, so nothing is lost and the check of the
JSON finds it: an unknown element under its name, an attribute as ``@name`` (of a text or
list: ``member@name``), text beside elements as ``#text`` (``member#text``), the second of
two members as ``member#position``, an element of another namespace as ``{namespace}name``.
"""

import re
from array import array
from collections.abc import Callable
from typing import Any, NoReturn

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import error
from aas_registry.domain.limits import Limits
from aas_registry.formats.aas.metamodel_table import Shape
from aas_registry.formats.aas.xml_forms import XmlForm, odd_form
from aas_registry.formats.container.bounded_xml import name_of, namespace_of

_TRUTH = {"true": True, "1": True, "false": False, "0": False}
_STEP = re.compile(r"\[(\d+)\]|([^.\[]+)")
# These say where and how a document is described, not what it says.
_PASSED_OVER = ("{http://www.w3.org/2001/XMLSchema-instance}", "{http://www.w3.org/XML/1998/namespace}space")


class _Frame:
    """An element that is not a mere text, and what became of its children so far."""

    __slots__ = ("attributes", "beside", "form", "name", "rows", "stray", "value")

    def __init__(self, name: str, form: XmlForm, attributes: dict[str, str], row: int) -> None:
        self.name = name
        self.form = form
        self.attributes = attributes
        self.value: Any = [] if form.is_choice else {**form.told}
        self.rows = [row, row] if form.told else [row]  # its own, then those of its members or items
        # Few have any.
        self.beside: dict[str, Any] | None = None
        self.stray: list[str] | None = None

    def has_children(self) -> bool:
        return len(self.value) > len(self.form.told)

    def put_beside(self, name: str, value: Any) -> None:
        if self.beside is None:
            self.beside = {}
        self.beside[name if name not in self.beside else f"{name}#{len(self.beside)}"] = value

    def found_beside(self, name: str) -> dict[str, Any]:
        """Return its attributes and the texts beside its children, as members of an object."""
        members = {} if name else self.form.children
        found: dict[str, Any] = {
            key if key in members else f"{name}@{key}": value
            for key, value in self.attributes.items()
            if not key.startswith(_PASSED_OVER)
        }
        if not name and self.beside:
            found |= self.beside
        if self.stray:
            found[f"{name}#text"] = "\n".join(self.stray)
        return found


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
            open_root: Called with the tag and the row of the root; returns its form, and the
                namespace of the metamodel, None where namespaces are not told apart.
            limits: ``aas_elements``, ``json_values``.
            part: Name of the part in its package, for findings; None outside a package.
        """
        self.value: Any = None
        self._open_root = open_root
        self._namespace: str | None = None
        self._limits = limits
        self._part = part
        self._names: dict[str, str] = {}
        # Of each object and list, by identity: where its count of rows, and these, stand in `_rows`.
        self._places: dict[int, int] = {}
        self._rows = array("Q")
        self._left = limits.json_values
        self._left_counted = limits.aas_elements
        self._stack: list[_Frame] = []

    def start(self, tag: str, attributes: dict[str, str], row: int) -> None:
        """Take the start of an element with children.

        Raises:
            RefusedError: AAS-TOO-MANY-ELEMENTS, or what ``open_root`` raises.
        """
        name, form = self._form_of(tag, row)
        self._stack.append(_Frame(name, form, attributes if self._stack else {}, row))

    def leaf(self, tag: str, attributes: dict[str, str], row: int, text: str) -> None:
        """Take an element without children.

        Raises:
            RefusedError: As `start` does.
        """
        name, form = self._form_of(tag, row)
        if form.shape is not None and not attributes:
            self._put(name, _leaf(form.shape, text), row)
            return
        frame = _Frame(name, form, attributes if self._stack else {}, row)
        is_blank = not text or text.isspace()
        value: Any = text
        if form.shape is not None:
            value = _leaf(form.shape, text)
        elif form.is_choice:
            value = self._chosen(frame) if is_blank else text
        elif frame.attributes or (form.is_object and is_blank):
            frame.stray = None if is_blank else [text]
            value = self._object(frame)
        self._close(frame, value)

    def beside(self, text: str) -> None:
        """Keep text that stands beside the children of the open element."""
        frame = self._stack[-1]
        if frame.stray is None:
            frame.stray = []
        frame.stray.append(text)

    def end(self) -> None:
        """Take the end of the open element."""
        frame = self._stack.pop()
        self._close(frame, self._chosen(frame) if frame.form.is_choice else self._object(frame))

    def row_of(self, path: str) -> int | None:
        """Return the row of an element path, or of the nearest that is there above it."""
        current = self.value
        row: int | None = None
        for match in _STEP.finditer(path):
            place = self._places.get(id(current))
            if place is None:
                return row
            count, own = self._rows[place], self._rows[place + 1]
            position: int | None = None
            if isinstance(current, list) and match[1] and int(match[1][:9]) < len(current):
                position = int(match[1][:9])
            elif isinstance(current, dict) and match[2] in current:
                position = list(current).index(match[2])
            if position is None:
                return own
            row = self._rows[place + 2 + position] if position + 1 < count else own
            current = current[position] if isinstance(current, list) else current[match[2]]
        return row

    def _form_of(self, tag: str, row: int) -> tuple[str, XmlForm]:
        if not self._stack:
            form, self._namespace = self._open_root(tag, row)
            return "", form
        name = self._names.get(tag)
        if name is None:
            is_known = self._namespace is None or namespace_of(tag) == self._namespace
            self._names[tag] = name = name_of(tag) if is_known else tag
        above = self._stack[-1].form
        form = above.children.get(name) or odd_form(above, name, unwrap=self._namespace is None)
        self._left -= 1
        self._left_counted -= form.is_counted
        if self._left < 0 or self._left_counted < 0:
            self._refuse_many(row)
        return name, form

    def _close(self, frame: _Frame, value: Any) -> None:
        if not self._stack:
            self.value = value
            return
        if frame.attributes or frame.stray:
            value = self._with_beside(frame, value)
        self._put(frame.name, value, frame.rows[0])

    def _put(self, name: str, value: Any, row: int) -> None:
        holder = self._stack[-1]
        held = holder.value
        holder.rows.append(row)
        if holder.form.is_choice:
            held.append(value if name in holder.form.children else self._odd_item(holder.form, name, value))
        elif name in held:
            # A second member of one name keeps its place in a name that is not taken.
            self._left_counted -= 1
            if self._left_counted < 0:
                self._refuse_many(row)
            held[f"{name}#{len(held)}"] = value
        else:
            held[name] = value

    def _odd_item(self, form: XmlForm, name: str, value: Any) -> Any:
        if self._namespace is None and name == form.wrapper:
            return value
        if not any(each.told for each in form.children.values()):
            return {name: value}
        told = {"modelType": name[:1].upper() + name[1:]}
        if not isinstance(value, dict):
            return {**told, name: value}
        self._places.pop(id(value), None)  # it is gone, and another object may get its identity
        return {**told, **value}

    def _chosen(self, frame: _Frame) -> Any:
        items = frame.value
        if not frame.form.is_list and len(items) <= 1:
            return items[0] if items else {}
        self._remember(frame)
        return items

    def _object(self, frame: _Frame) -> dict[str, Any]:
        body: dict[str, Any] = frame.value
        self._remember(frame)
        if frame.attributes or frame.beside or frame.stray:
            for name, value in frame.found_beside("").items():
                body.setdefault(name, value)
        return body

    def _remember(self, frame: _Frame) -> None:
        if self._stack and not frame.has_children():
            return  # its own row is among those of its holder
        self._places[id(frame.value)] = len(self._rows)
        self._rows.append(len(frame.rows))
        self._rows.extend(frame.rows)

    def _with_beside(self, frame: _Frame, value: Any) -> Any:
        """Return a value with what stands beside it, where the holder has no place for that."""
        if not frame.form.is_choice and (frame.form.shape is None or frame.has_children()):
            return value  # an object: it holds that itself
        found = frame.found_beside(frame.name)
        holder = self._stack[-1]
        if found and not holder.form.is_object:
            return {frame.name: value, **found}
        for name, text in found.items():
            holder.put_beside(name, text)
        return value

    def _refuse_many(self, row: int) -> NoReturn:
        message = f"There are more than {self._limits.aas_elements} elements."
        raise RefusedError(error(Code.AAS_TOO_MANY_ELEMENTS, message, part=self._part, row=row))


def _leaf(shape: Shape, text: str) -> Any:
    if shape is Shape.TRUTH:
        return _TRUTH.get(text.strip(), text)
    return "".join(text.split()) if shape is Shape.BYTES else text

"""How each element of AAS XML is read, derived from the table of the metamodel.

Source:
    IDTA-01001 (Part 1), "Mapping rules for XML": a member is an element of its name; the
    items of a list, and objects of an abstract type, stand in an element of their class.
"""

from typing import NamedTuple

from aas_registry.formats.metamodel_table import Member, MetamodelTable, ModelClass, Shape


class XmlForm(NamedTuple):
    """How an element is read: as an object, a text, a choice of objects, or as unknown.

    Attributes:
        model: The class of the object that its children are the members of.
        members: Forms of these children, by name.
        shape: What its text means.
        choices: Forms of the objects that stand in it, by their tag.
        is_list: There may be several of them.
        wrapper: Tag that some tools put around each of them: the name of their abstract class.
        is_counted: It counts as one of ``aas_elements``: submodel elements, and what is unknown.
    """

    model: ModelClass | None = None
    members: "dict[str, XmlForm] | None" = None
    shape: Shape | None = None
    choices: "dict[str, XmlForm] | None" = None
    is_list: bool = False
    wrapper: str = ""
    is_counted: bool = False


UNKNOWN = XmlForm(is_counted=True)


class XmlForms:
    """The forms of one version of the metamodel.

    Attributes:
        by_tag: Forms of all classes, by the tag of their elements.
    """

    def __init__(self, table: MetamodelTable) -> None:
        """Derive the forms from a table."""
        self._table = table
        self._by_name = {
            name: XmlForm(model=model, members={}, is_counted=model.is_element)
            for name, model in table.classes.items()
        }
        for form in self._by_name.values():
            if form.model is not None and form.members is not None:
                members = form.model.members.items()
                form.members.update({name: self._of_member(member) for name, member in members})
        self.by_tag = {model.tag: self._by_name[name] for name, model in table.classes.items()}

    def _of_member(self, member: Member) -> XmlForm:
        if member.shape is not Shape.OBJECT:
            return XmlForm(shape=member.shape)
        if not member.is_list and member.type_name in self._by_name:
            return self._by_name[member.type_name]
        found = self._table.choices[member.type_name].items()
        choices = {model.tag: self._by_name[name] for name, model in found}
        wrapper = member.type_name[0].lower() + member.type_name[1:]
        return XmlForm(choices=choices, is_list=member.is_list, wrapper=wrapper)


def form_below(form: XmlForm, name: str, *, unwrap: bool) -> XmlForm:
    """Return how a child element is read.

    Args:
        form: Of its parent.
        name: Of the child.
        unwrap: Take off elements that are named after the abstract class of their content.
    """
    if form.members is not None:
        return form.members.get(name, UNKNOWN)
    if form.choices is None:
        return UNKNOWN
    found = form.choices.get(name, UNKNOWN)
    if unwrap and found is UNKNOWN and form.is_list and name == form.wrapper:
        return form._replace(is_list=False)
    return found

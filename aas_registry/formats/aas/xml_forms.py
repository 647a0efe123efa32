"""How each element of AAS XML is read, derived from the table of the metamodel.

Source:
    IDTA-01001 (Part 1), "Mapping rules for XML": a member is an element of its name; the
    items of a list, and objects of an abstract type, stand in an element of their class.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from aas_registry.formats.aas.metamodel_table import Member, MetamodelTable, Shape


@dataclass(frozen=True, slots=True, eq=False)
class XmlForm:
    """How an element is read: as an object, a text, a choice of objects, or as unknown.

    Attributes:
        children: Forms of what stands in it, by name: of the members of an object, of the objects
            of a choice.
        is_object: It is an object of the metamodel.
        told: What the object says beside its members: its ``modelType``, or nothing.
        is_choice: It holds objects that are named by their class.
        is_list: There may be several of them.
        wrapper: Tag that some tools put around each of them: the name of their abstract class.
        shape: What its text means, where it holds a text.
        is_counted: It counts as one of ``aas_elements``: submodel elements, and what is unknown.
    """

    children: "dict[str, XmlForm]" = field(default_factory=dict)
    is_object: bool = False
    told: Mapping[str, str] = field(default_factory=dict)
    is_choice: bool = False
    is_list: bool = False
    wrapper: str = ""
    shape: Shape | None = None
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
            name: XmlForm(
                is_object=True,
                told={"modelType": name} if model.has_model_type else {},
                is_counted=model.is_element,
            )
            for name, model in table.classes.items()
        }
        for name, form in self._by_name.items():
            members = table.classes[name].members.items()
            form.children.update({key: self._of_member(member) for key, member in members})
        self.by_tag = {model.tag: self._by_name[name] for name, model in table.classes.items()}

    def _of_member(self, member: Member) -> XmlForm:
        if member.shape is not Shape.OBJECT:
            return XmlForm(shape=member.shape)
        if not member.is_list and member.type_name in self._by_name:
            return self._by_name[member.type_name]
        found = self._table.choices[member.type_name].items()
        choices = {model.tag: self._by_name[name] for name, model in found}
        wrapper = member.type_name[0].lower() + member.type_name[1:]
        return XmlForm(choices, is_choice=True, is_list=member.is_list, wrapper=wrapper)


def odd_form(above: XmlForm, name: str, *, unwrap: bool) -> XmlForm:
    """Return how a child element is read that its parent's form does not know.

    Args:
        above: The parent's form.
        name: Of the child.
        unwrap: Take off elements that are named after the abstract class of their content.
    """
    is_wrapper = unwrap and above.is_list and name == above.wrapper
    return replace(above, is_list=False) if is_wrapper else UNKNOWN

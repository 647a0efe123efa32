"""How each element of AAS XML is read, derived from the table of the metamodel.

Source:
    IDTA-01001 (Part 1), "Mapping rules for XML": a member is an element of its name; the
    items of a list, and objects of an abstract type, stand in an element of their class.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from aas_registry.domain.package import Metamodel
from aas_registry.formats.aas.metamodel import RULES_BY_VERSION
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


@cache
def forms_by_tag(version: Metamodel) -> Mapping[str, XmlForm]:
    """Return the forms of all classes of one version, by the tag of their elements."""
    table = RULES_BY_VERSION[version].table
    forms = {
        name: XmlForm(
            is_object=True,
            told={"modelType": name} if model.has_model_type else {},
            is_counted=model.is_element,
        )
        for name, model in table.classes.items()
    }
    for name, form in forms.items():
        for key, member in table.classes[name].members.items():
            form.children[key] = _of_member(member, table, forms)
    return {model.tag: forms[name] for name, model in table.classes.items()}


def _of_member(member: Member, table: MetamodelTable, forms: Mapping[str, XmlForm]) -> XmlForm:
    if member.shape is not Shape.OBJECT:
        return XmlForm(shape=member.shape)
    if not member.is_list and member.type_name in forms:
        return forms[member.type_name]
    choices = {model.tag: forms[name] for name, model in table.choices[member.type_name].items()}
    wrapper = member.type_name[0].lower() + member.type_name[1:]
    return XmlForm(choices, is_choice=True, is_list=member.is_list, wrapper=wrapper)


def odd_form(above: XmlForm, name: str, *, unwrap: bool) -> XmlForm:
    """Return how a child element is read that its parent's form does not know.

    Args:
        above: The parent's form.
        name: The child's name.
        unwrap: Whether elements that are named after the abstract class of their content are taken off.
    """
    is_wrapper = unwrap and above.is_list and name == above.wrapper
    return replace(above, is_list=False) if is_wrapper else UNKNOWN

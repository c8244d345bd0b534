"""Elements are found where they stand, and everything around an insertion stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepladder.books.elements import Edits, located, with_attributes, with_prefix

ODD = (
    b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- <a/> --><x:list xmlns:x='urn:x' xmlns:y=\"urn:y\" >"
    b"<x:item note='1 > 2'/>\n <y:other><![CDATA[<x:item/>]]></y:other><x:item y:note=\"/>\" >t"
    b"</x:item ><x:none/></x:list>"
)


def test_elements_are_known_by_namespace_and_place() -> None:
    """Comments and CDATA hold none, a > may stand in an attribute, a prefix is only a spelling."""
    root = located(ODD)
    assert [(child.namespace, child.name, child.prefix) for child in root.children] == [
        ("urn:x", "item", b"x:"),
        ("urn:y", "other", b"y:"),
        ("urn:x", "item", b"x:"),
        ("urn:x", "none", b"x:"),
    ]
    first, second = root.all("item")
    assert ODD[first.start : first.end] == b"<x:item note='1 > 2'/>"
    assert ODD[second.start : second.end] == b'<x:item y:note="/>" >t</x:item >'
    assert ODD[second.tag_end : second.inner_end] == b"t"
    assert (first.attributes, second.attributes) == ({"note": "1 > 2"}, {"urn:y note y": "/>"})
    assert root.prefixes == {"x": "urn:x", "y": "urn:y"}


def test_appended_elements_stand_behind_the_old_ones() -> None:
    """The bytes before and after the insertion are the old ones."""
    edits = Edits(ODD)
    edits.append(edits.root, [b"<x:new/>"])
    assert edits.result() == ODD.replace(b"</x:list>", b"<x:new/></x:list>")


def test_a_closed_element_is_opened_for_what_is_appended() -> None:
    """It keeps its attributes and gets an end tag in its own spelling."""
    edits = Edits(b'<x:a xmlns:x="u"><x:b count="0" k="1" /></x:a>')
    [closed] = edits.root.children
    edits.set_attribute(closed, b"count", b"1")
    edits.append(closed, [b"<x:c/>"])
    assert edits.result() == b'<x:a xmlns:x="u"><x:b count="1" k="1" ><x:c/></x:b></x:a>'


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"<r><a/><d/></r>", b"<r><a/><c/><d/></r>"),
        (b"<r><a/><b>t</b></r>", b"<r><a/><b>t</b><c/></r>"),
        (b"<r><d/></r>", b"<r><c/><d/></r>"),
        (b"<r></r>", b"<r><c/></r>"),
        (b"<r/>", b"<r><c/></r>"),
        (b"<r><a/><q:b xmlns:q='u'/><d/></r>", b"<r><a/><c/><q:b xmlns:q='u'/><d/></r>"),
        (
            b"<r><a/><q:m xmlns:q='u'><q:n><b/></q:n></q:m><d/></r>",
            b"<r><a/><q:m xmlns:q='u'><q:n><b/></q:n></q:m><c/><d/></r>",
        ),
    ],
)
def test_a_new_child_stands_where_the_order_has_it(content: bytes, expected: bytes) -> None:
    """Behind the last child that comes before it, one that is offered as an alternative too."""
    edits = Edits(content)
    edits.add_child("c", b"<c/>", ("a", "b", "c", "d"))
    assert edits.result() == expected


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        (b'<c r="A1" s="3" t="s">', b'<c r="A1" s="9" t="s">'),
        (b"<c r='A1'  s = '3'/>", b"<c r='A1'  s = '9'/>"),
        (b'<c note=\' s="1"\' s="3">', b'<c note=\' s="1"\' s="9">'),
        (b'<c ds="3"/>', b'<c s="9" ds="3"/>'),
        (b"<c/>", b'<c s="9"/>'),
    ],
)
def test_an_attribute_changes_in_its_place(tag: bytes, expected: bytes) -> None:
    """Its quotes and blanks stay; what looks like it within another's value is not it."""
    assert with_attributes(tag, {b"s": b"9"}) == expected


def test_an_attribute_is_taken_away_with_its_blank() -> None:
    """The rest of the tag stays."""
    assert with_attributes(b'<v a="1" b="2"/>', {b"a": None}) == b'<v b="2"/>'


def test_a_prefix_is_given_to_start_and_end_tags() -> None:
    """Attributes and text have none to get."""
    fragment = b'<font><b/><name val="A"/>x</font>'
    assert with_prefix(fragment, b"x:") == b'<x:font><x:b/><x:name val="A"/>x</x:font>'
    assert with_prefix(fragment, b"") == fragment


@given(st.lists(st.sampled_from([b"<a/>", b"<a>t</a>", b"<!-- c -->", b"\n", b"<?p?>"])))
def test_nothing_inserted_changes_nothing(pieces: list[bytes]) -> None:
    """Without insertions the bytes are the old ones, whatever stands between the elements."""
    content = b"<r>" + b"".join(pieces) + b"</r>"
    edits = Edits(content)
    assert edits.result() == content
    assert len(edits.root.children) == sum(piece.startswith(b"<a") for piece in pieces)

"""SOAP on the wire: namespaces, Microsoft's schema, envelopes, faults and response messages.

The schema files beside this module are Microsoft's (MIT licence, see schema/LICENSE). They decide what a request may
look like, and in which order the properties of an item come back.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import as_file, files
from typing import Final

from lxml import etree

T: Final = "http://schemas.microsoft.com/exchange/services/2006/types"
M: Final = "http://schemas.microsoft.com/exchange/services/2006/messages"
ERRORS: Final = "http://schemas.microsoft.com/exchange/services/2006/errors"
SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
XSD: Final = "http://www.w3.org/2001/XMLSchema"
_NSMAP: Final = {"s": SOAP, "m": M, "t": T}

_schema_lock = threading.Lock()
# libxml2's validator keeps its errors in the schema object: one thread at a time
_validate_lock = threading.Lock()


class EwsError(Exception):
    """What a response message or a fault says instead of NoError.

    `code` is a ResponseCode of messages.xsd; `uri` names the property it is about; `values` become MessageXml values.
    """

    def __init__(
        self, code: str, text: str, *, path: etree._Element | None = None, values: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.path = path
        self.values = dict(values or {})


def tag(namespace: str, name: str) -> str:
    """`{namespace}name`, as lxml wants it."""
    return f"{{{namespace}}}{name}"


def local(element: etree._Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def sub(
    parent: etree._Element, name: str, text: str | None = None, namespace: str = T, **attributes: str
) -> etree._Element:
    """Appends a child; in the types namespace unless told otherwise."""
    child = etree.SubElement(parent, tag(namespace, name), attributes)
    if text is not None:
        child.text = text
    return child


def children(element: etree._Element | None) -> list[etree._Element]:
    """The child elements, without comments; none for None."""
    return [] if element is None else [child for child in element if isinstance(child.tag, str)]


def find(element: etree._Element, path: str) -> etree._Element | None:
    """`element.find` with the prefixes m: and t:."""
    return element.find(path, {"m": M, "t": T})


@cache
def _schema() -> etree.XMLSchema:
    with as_file(files(__package__) / "schema") as folder:
        return etree.XMLSchema(etree.parse(str(folder / "messages.xsd")))


@cache
def _types() -> etree._Element:
    with as_file(files(__package__) / "schema") as folder:
        return etree.parse(str(folder / "types.xsd")).getroot()


def schema_problem(element: etree._Element) -> tuple[str, int] | None:
    """What the schema has against this request or reply, and in which line; None if nothing."""
    with _schema_lock:
        schema = _schema()
    # a copy of its own: an element inside an envelope is not a document to the validator
    document = etree.ElementTree(etree.fromstring(etree.tostring(element)))
    with _validate_lock:
        try:
            schema.assertValid(document)
        except etree.DocumentInvalid as problem:
            line = re.search(r", line (\d+)$", str(problem))
            return str(problem), int(line[1]) if line else 1
    return None


@cache
def element_order(type_name: str) -> Mapping[str, int]:
    """Position of every property element of an item type of types.xsd, own and inherited."""
    names: list[str] = []

    def collect(name: str) -> None:
        found = _types().find(f"{{{XSD}}}complexType[@name='{name}']")
        assert found is not None, name
        extension = found.find(f".//{{{XSD}}}extension")
        if extension is not None:
            collect(str(extension.get("base")).partition(":")[2])
        names.extend(str(e.get("name")) for e in found.iter(tag(XSD, "element")))

    collect(type_name)
    return {name: position for position, name in enumerate(names)}


def parse(body: bytes) -> etree._Element:
    """The envelope of a request. Raises EwsError for what is not XML; entities and DTDs are not looked at."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as problem:
        raise EwsError("ErrorSchemaValidation", f"The request failed schema validation: {problem}") from problem
    if b"<!DOCTYPE" in body:
        raise EwsError("ErrorSchemaValidation", "The request failed schema validation: a DTD is prohibited.")
    if root.tag != tag(SOAP, "Envelope"):
        raise EwsError("ErrorSchemaValidation", "The request failed schema validation: no SOAP envelope.")
    return root


def envelope(content: etree._Element) -> bytes:
    """A reply around a response element, with the version header of an Exchange 2019."""
    root = etree.Element(tag(SOAP, "Envelope"), nsmap=_NSMAP)
    header = etree.SubElement(root, tag(SOAP, "Header"))
    sub(
        header,
        "ServerVersionInfo",
        MajorVersion="15",
        MinorVersion="2",
        MajorBuildNumber="1544",
        MinorBuildNumber="4",
        Version="V2017_07_11",
    )
    body = etree.SubElement(root, tag(SOAP, "Body"))
    body.append(content)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def fault(error: EwsError, line: int = 0) -> bytes:
    """A SOAP fault as Exchange sends it: the MessageXml inside stands in the types namespace."""
    root = etree.Element(tag(SOAP, "Envelope"), nsmap={"s": SOAP})
    body = etree.SubElement(root, tag(SOAP, "Body"))
    element = etree.SubElement(body, tag(SOAP, "Fault"))
    code = etree.SubElement(element, "faultcode", nsmap={"a": T})
    code.text = f"a:{error.code}"
    etree.SubElement(element, "faultstring").text = error.text
    detail = etree.SubElement(element, "detail")
    sub(detail, "ResponseCode", error.code, ERRORS)
    sub(detail, "Message", error.text, ERRORS)
    if line:
        xml = sub(detail, "MessageXml")
        sub(xml, "LineNumber", str(line))
        sub(xml, "LinePosition", "1")
        sub(xml, "Violation", error.text)
    elif error.values:
        xml = sub(detail, "MessageXml")
        for name, value in error.values.items():
            sub(xml, "Value", value, Name=name)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def success(operation: str) -> etree._Element:
    """A response message that says NoError; what was asked for is appended to it."""
    element = etree.Element(tag(M, f"{operation}ResponseMessage"), {"ResponseClass": "Success"}, nsmap=_NSMAP)
    sub(element, "ResponseCode", "NoError", M)
    return element


def failure(operation: str, error: EwsError, container: str | None = None) -> etree._Element:
    """A response message that says what went wrong. `container` is the empty list some messages must still have."""
    element = etree.Element(tag(M, f"{operation}ResponseMessage"), {"ResponseClass": "Error"}, nsmap=_NSMAP)
    sub(element, "MessageText", error.text, M)
    sub(element, "ResponseCode", error.code, M)
    sub(element, "DescriptiveLinkKey", "0", M)
    if error.path is not None or error.values:
        xml = sub(element, "MessageXml", None, M)
        if error.path is not None:
            # lxml moves an element that is appended: the request keeps its own
            xml.append(etree.fromstring(etree.tostring(error.path)))
        for name, value in error.values.items():
            sub(xml, "Value", value, Name=name)
    if container:
        sub(element, container, None, M)
    return element


def response(operation: str, messages: Iterable[etree._Element]) -> etree._Element:
    """The response element of an operation with its messages in order."""
    element = etree.Element(tag(M, f"{operation}Response"), nsmap=_NSMAP)
    holder = sub(element, "ResponseMessages", None, M)
    for message in messages:
        holder.append(message)
    return element

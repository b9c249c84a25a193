"""XML read element by element, without namespaces, entities or document types."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from connectors.gateways.problems import Code, FileProblem, cut_short

_UNFINISHED = ("no element found", "unclosed token", "unclosed CDATA", "partial character")


@dataclass(frozen=True, slots=True)
class Step:
    """An element at its end: its name, what it stands in, and itself."""

    name: str
    parent: str
    element: Element


def steps(stream: BinaryIO, names: frozenset[str]) -> Iterator[Step]:
    """The elements of these names as they end; the outermost of them is dropped once seen.

    Raises FileProblem for a file that is cut short, damaged or defines entities.
    """
    stream.seek(0)
    inside: list[Element] = []
    try:
        for event, element in iterparse(stream, events=("start", "end"), forbid_dtd=True):
            if event == "start":
                element.tag = element.tag.rpartition("}")[2]
                inside.append(element)
                continue
            inside.pop()
            parent = inside[-1] if inside else None
            if element.tag in names:
                yield Step(element.tag, parent.tag if parent is not None else "", element)
            if parent is not None and parent.tag in {"Stmt", "BkToCstmrStmt"}:
                parent.remove(element)
    except (ParseError, LookupError) as error:
        raise _broken(error) from error
    except DefusedXmlException as error:
        raise FileProblem(
            Code.UNSAFE,
            "The file defines its own document type or entities, which no bank does. It was not "
            "read.",
        ) from error


def _broken(error: ParseError | LookupError) -> FileProblem:
    if isinstance(error, LookupError):
        return FileProblem(Code.ENCODING, "The file names an encoding that there is none of.")
    if str(error).startswith(_UNFINISHED):
        return cut_short("its last element has no end.")
    return FileProblem(Code.UNREADABLE, "The file is damaged: it is no valid XML.")

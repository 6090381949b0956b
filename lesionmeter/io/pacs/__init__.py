"""Films and findings to and from a PACS, over DICOMweb and over DIMSE.

A transfer goes object by object. What arrives is written beside its place, flushed and renamed, so that a file that is
there is whole; what is there whole is not fetched again. Each object becomes a row with what came of it.
"""

from lesionmeter.io.pacs.configuration import DimseNode, Node, Patience, WebNode, read_node
from lesionmeter.io.pacs.landing import write_rows
from lesionmeter.io.pacs.objects import Instance, Outcome, Row, Wanted
from lesionmeter.io.pacs.transfer import connected, fetch, send

__all__ = [
    "DimseNode",
    "Instance",
    "Node",
    "Outcome",
    "Patience",
    "Row",
    "Wanted",
    "WebNode",
    "connected",
    "fetch",
    "read_node",
    "send",
    "write_rows",
]

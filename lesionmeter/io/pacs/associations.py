"""Associations of DIMSE: opened when first needed, kept while they fit, opened anew where they broke."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Sequence
from typing import Any, Final

from pydicom.uid import UID
from pynetdicom import AE, build_role
from pynetdicom.association import Association
from pynetdicom.presentation import PresentationContext

from lesionmeter.io.pacs.configuration import DimseNode, Tls
from lesionmeter.io.pacs.objects import Refused, Unreachable
from lesionmeter.io.pacs.patience import Deadline

TRANSIENT: Final = 2
"""Result of a rejection that may be otherwise in a moment: congestion, a local limit."""

Handlers = list[Any]
"""Pairs of a pynetdicom event and what is called with it."""


class Associations:
    """One association at a time with a node.

    Parameters
    ----------
    node
        The archive.
    deadline
        When the transfer must have ended.
    """

    def __init__(self, node: DimseNode, deadline: Deadline) -> None:
        logging.getLogger("pynetdicom").setLevel(logging.CRITICAL)  # refusals come back as our one line
        self._node, self._deadline = node, deadline
        self._open: Association | None = None
        self._purpose: object = None
        self.entity = AE(ae_title=node.calling_ae)

    def get(
        self,
        purpose: object,
        contexts: Sequence[PresentationContext],
        serves: Sequence[UID] = (),
        handlers: Handlers | None = None,
    ) -> Association:
        """The association for a purpose (any value), with the time for one answer set.

        Parameters
        ----------
        purpose
            What it is for; another purpose ends the one before.
        contexts
            What is proposed.
        serves
            Classes of objects that are received over the same association, as C-GET has it.
        handlers
            For what is received.

        Raises
        ------
        Refused
            If the other side rejects the association.
        Unreachable
            If it does not answer.
        """
        seconds = self._deadline.timeout_s(self._node.patience.timeout_s)
        if self._open is None or not self._open.is_established or self._purpose != purpose:
            self.close()
            self._open, self._purpose = self._opened(contexts, serves, handlers, seconds), purpose
        self._open.dimse_timeout = seconds
        return self._open

    def _opened(
        self, contexts: Sequence[PresentationContext], serves: Sequence[UID], handlers: Handlers | None, seconds: float
    ) -> Association:
        node, entity = self._node, self.entity
        entity.acse_timeout = entity.dimse_timeout = entity.network_timeout = entity.connection_timeout = seconds
        association = entity.associate(
            node.host,
            node.port,
            contexts=list(contexts),
            ae_title=node.called_ae,
            ext_neg=[build_role(uid, scp_role=True) for uid in serves],
            evt_handlers=handlers or [],
            tls_args=(tls_context(node.tls, node.name), node.host) if node.tls else None,
        )
        if not association.is_established:
            raise self._failure(association)
        return association

    def _failure(self, association: Association) -> Refused | Unreachable:
        node = self._node
        if association.is_rejected:
            answer: Any = association.acceptor.primitive
            words = str(getattr(answer, "reason_str", "")).lower() or "no reason given"
            told = f"{node.name}: rejects the association: {words} (we are {node.calling_ae}, it is {node.called_ae})"
            return Unreachable(told) if getattr(answer, "result", 0) == TRANSIENT else Refused(told)
        if association.is_aborted and association.acceptor.primitive is not None:
            return Refused(f"{node.name}: accepts none of the kinds of object or transfer syntaxes offered")
        doubt = ", or its certificate is not trusted" if node.tls else ""
        return Unreachable(f"{node.name}: unreachable at {node.host}:{node.port}{doubt}")

    def close(self) -> None:
        """End the association, if there is one."""
        if self._open is not None and self._open.is_established:
            self._open.release()
        self._open = None


def tls_context(tls: Tls, name: str) -> ssl.SSLContext:
    """A TLS context with the configured certificates.

    Raises
    ------
    Refused
        If a certificate file cannot be used.
    """
    try:
        context = ssl.create_default_context(cafile=tls.ca_file)
        if tls.certificate:
            context.load_cert_chain(tls.certificate, tls.key)
    except OSError as error:
        raise Refused(f"{name}: expected certificate files in PEM, came {error.strerror or error}") from error
    return context

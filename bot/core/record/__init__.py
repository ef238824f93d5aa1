"""A patient's whole record, to be handed to them: as a document, as a page to read, and as FHIR."""

from bot.core.record.document import Document, Score, Told, document_of
from bot.core.record.fhir import bundle_of
from bot.core.record.page import page_of

__all__ = ["Document", "Score", "Told", "bundle_of", "document_of", "page_of"]

"""Words under lock: a data key for each Line, wrapped by a ring of master keys; AES-256-GCM throughout.

The associated data is table, column and owner, so a sealed word cannot be moved to another person's record.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.core.errors import Misuse
from bot.core.inputs import NewWord
from bot.core.values import LineId
from bot.ports import Sealed

_NONCE = 12


@dataclass(frozen=True)
class LineKey:
    """The opened data key of one Line, with the key for fingerprints derived from it."""

    key_id: str
    cipher: AESGCM = field(repr=False)
    mac_key: bytes = field(repr=False)


class Vault:
    """``ring``: key id -> 32 bytes; ``current`` wraps new data keys."""

    def __init__(self, ring: Mapping[str, bytes], current: str) -> None:
        if current not in ring or any(len(k) != 32 for k in ring.values()):
            raise Misuse(
                "BOUNCEBACK_MASTER_KEYS needs keys of 32 bytes each, written as id:base64, the current one first"
            )
        self.current = current
        self._ring = {key_id: AESGCM(key) for key_id, key in ring.items()}
        self._signing = {key_id: _derive(key, b"signature") for key_id, key in ring.items()}
        self._index_key = _derive(ring[current], b"contact index")

    def new_key(self, line: LineId) -> tuple[bytes, str]:
        """A fresh data key, wrapped for the record, and the id of the key that wrapped it."""
        nonce = os.urandom(_NONCE)
        wrapped = self._ring[self.current].encrypt(nonce, os.urandom(32), _wrap_data(line))
        return nonce + wrapped, self.current

    def open_key(self, line: LineId, wrapped: bytes, key_id: str) -> LineKey:
        master = self._ring.get(key_id)
        if master is None:
            raise Misuse(f"BOUNCEBACK_MASTER_KEYS has no key '{key_id}': add it behind the current one")
        try:
            key = master.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], _wrap_data(line))
        except InvalidTag:
            raise Misuse(f"a data key does not open with master key '{key_id}'") from None
        return LineKey(key_id, AESGCM(key), _derive(key, b"message fingerprint"))

    def seal(self, key: LineKey, word: NewWord) -> Sealed:
        nonce = os.urandom(_NONCE)
        body = nonce + key.cipher.encrypt(nonce, word.text.encode(), _word_data(word.owner))
        return Sealed(word.id, word.owner, word.kind, key.key_id, body)

    def unseal(self, key: LineKey, word: Sealed) -> str:
        try:
            return key.cipher.decrypt(word.body[:_NONCE], word.body[_NONCE:], _word_data(word.owner)).decode()
        except InvalidTag:
            raise Misuse("a sealed word does not open with its Line's key") from None

    def fingerprint(self, key: LineKey, body: bytes) -> bytes:
        """Keyed, so that a short or guessable message cannot be found again by hashing guesses (I8)."""
        return hmac.digest(key.mac_key, body, "sha256")

    def lock(self, owner: UUID, text: str) -> tuple[bytes, str]:
        """What a channel needs, sealed for it alone, and the id of the master key that opens it."""
        nonce = os.urandom(_NONCE)
        return nonce + self._ring[self.current].encrypt(nonce, text.encode(), _lock_data(owner)), self.current

    def unlock(self, owner: UUID, body: bytes, key_id: str) -> str:
        master = self._ring.get(key_id)
        if master is None:
            raise Misuse(f"BOUNCEBACK_MASTER_KEYS has no key '{key_id}': add it behind the current one")
        try:
            return master.decrypt(body[:_NONCE], body[_NONCE:], _lock_data(owner)).decode()
        except InvalidTag:
            raise Misuse(f"a channel's secret does not open with master key '{key_id}'") from None

    def sign(self, purpose: bytes, body: bytes) -> bytes:
        return hmac.digest(self._signing[self.current], purpose + b"|" + body, "sha256")

    def signed(self, purpose: bytes, body: bytes, signature: bytes) -> bool:
        due = (hmac.digest(key, purpose + b"|" + body, "sha256") for key in self._signing.values())
        return any(hmac.compare_digest(each, signature) for each in due)

    def contact_index(self, contact: str) -> bytes:
        """Blind index of an e-mail address, to find it at sign-in."""
        return hmac.digest(self._index_key, contact.strip().casefold().encode(), "sha256")


def _wrap_data(line: LineId) -> bytes:
    return b"line|wrapped_key|" + line.bytes


def _word_data(owner: LineId) -> bytes:
    return b"word|body|" + owner.bytes


def _lock_data(owner: UUID) -> bytes:
    return b"channel|sealed|" + owner.bytes


def _derive(key: bytes, purpose: bytes) -> bytes:
    return hmac.digest(key, b"bounceback|" + purpose, "sha256")

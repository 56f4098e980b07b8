"""Do it once though asked twice: the first answer to a key is kept and given again."""

import json

import apsw

from gsctracker import clock
from gsctracker.db.rows import Row, one, run
from gsctracker.errors import Conflict
from gsctracker.words import N_


def recall(tx: apsw.Connection, key: str, account_id: int, request_hash: str) -> Row | None:
    """The kept answer (status, answer) to this key, or None. Raises Conflict where the key came with another request."""
    kept = one(
        tx,
        "SELECT request_hash, status, answer FROM once_answers WHERE account_id = :account AND key = :key",
        account=account_id,
        key=key,
    )
    if kept is not None and kept.request_hash != request_hash:
        raise Conflict(N_("This Idempotency-Key was used for another request."), "idempotency_key_reused")
    return kept


def keep(tx: apsw.Connection, key: str, account_id: int, request_hash: str, status: int, answer: bytes) -> None:
    """Keep the answer for the next time the key comes."""
    run(
        tx,
        """INSERT INTO once_answers (key, account_id, request_hash, status, answer, at)
           VALUES (:key, :account, :hash, :status, :answer, :now)""",
        key=key,
        account=account_id,
        hash=request_hash,
        status=status,
        answer=answer,
        now=clock.now(),
    )


def forget(tx: apsw.Connection, before: str) -> int:
    """Remove the answers kept before that instant; gives how many."""
    return run(tx, "DELETE FROM once_answers WHERE at < :before", before=before)


def forget_words(tx: apsw.Connection, words: list[str], instead: str) -> int:
    """Put another text in place of these words wherever a kept answer says them whole, in quotes; gives how many answers."""
    return sum(
        run(
            tx,
            """UPDATE once_answers SET answer = CAST(replace(CAST(answer AS TEXT), :word, :instead) AS BLOB)
                WHERE instr(CAST(answer AS TEXT), :word) > 0""",
            word=json.dumps(word, ensure_ascii=False),
            instead=json.dumps(instead),
        )
        for word in words
    )

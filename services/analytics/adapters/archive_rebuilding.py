"""N2 from the other side: everything once more from what the services kept of what they said.

The archives of other services are not analytics' to read: whoever runs the platform hands their records
over. A fact that was said and not yet counted is passed over, so that both states are of one moment.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from itertools import islice

from services.analytics.adapters.rebuilding import BATCH, Rebuilt, build_anew, hashes
from services.analytics.adapters.stream import NAME
from services.analytics.domain.codes import Codes
from services.chassis.database import Pool
from services.chassis.facts import Heard, Unreadable
from services.chassis.stored_record import StoredRecord

SELECT_COUNTED = "SELECT topic, subject, last FROM mechanism.sequence WHERE consumer = $1"
Counted = dict[tuple[str, str], int]
"""The last sequence counted of each aggregate, by topic and subject."""


async def rebuild_from_archive(pool: Pool, records: Iterable[StoredRecord], codes: Codes) -> Rebuilt:
    """Build everything again from archived records, in any order of the services, and compare."""
    async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read"):
        rows = await connection.fetch(SELECT_COUNTED, NAME)
        kept = await hashes(connection)
    counted = {(row["topic"], row["subject"]): row["last"] for row in rows}
    return await build_anew(pool, codes, kept, _batches(records, counted))


async def _batches(records: Iterable[StoredRecord], counted: Counted) -> AsyncIterator[Sequence[Heard]]:
    facts = _facts(records, counted)
    while batch := list(islice(facts, BATCH)):
        yield batch


def _facts(records: Iterable[StoredRecord], counted: Counted) -> Iterator[Heard]:
    for record in records:
        try:
            fact = Heard.read(record)
        except Unreadable:
            continue
        if fact.sequence <= counted.get((fact.topic, fact.subject), 0):
            yield fact

"""The Faust app ``petition.analytics-live``: its settings, its one agent, and what starts it anew.

Faust marks a record as done even when its handler raised, so nothing may ever be raised out of the agent, and
only what can be repaired is counted here. Its loop is the process's own; no web server of its own runs.
"""

import asyncio
import logging
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import faust

from services.analytics.adapters.live_store import drop_old_windows, save_windows
from services.analytics.adapters.live_tables import SIZES, LiveTables
from services.analytics.domain.live import LiveFact, LiveKind, cuts_of
from services.chassis.broker import Broker
from services.chassis.database import Pool, is_world_fault
from services.chassis.facts import Heard, Unreadable
from services.chassis.metrics import LIVE_RECORDS, LIVE_WINDOWS_UNSAVED
from services.chassis.stored_record import StoredRecord

LOG = logging.getLogger(__name__)
for busy in ("mode.timers", "faust.transport.producer"):
    logging.getLogger(busy).setLevel(
        logging.ERROR
    )  # they warn of every moment in which the loop has much to do
NAME = "petition.analytics-live"
TOPIC = "petition.intake.reports.v1"
CONCURRENCY = 1
"""Above it Faust acknowledges out of order; never a setting."""
ATTEMPTS = 5
DROP_SECONDS = 60.0
BUFFERED = 2000
"""Changelog records that may lie in the producer's buffer; Faust's own hundred stalls and warns."""
Take = Callable[[Any], Awaitable[None]]


@dataclass(slots=True)
class LiveStream:
    """The stream of one process: ``run`` reads, ``write`` brings the changed windows to the database."""

    broker: Broker
    pool: Pool
    now: Callable[[], datetime]
    generation: int = 1
    buffer: int = 256
    write_seconds: float = 1.0
    tables: LiveTables | None = field(default=None)
    assigned: bool = field(default=False)

    async def run(self, stop: asyncio.Event) -> None:
        """Read until told to stop; an app that crashed is thrown away and a new one made."""
        pause = 0.5
        while not stop.is_set():
            folder = tempfile.mkdtemp(prefix="live-")
            app = self._make(folder)
            try:
                await app.start()
                while not stop.is_set() and not app.crashed:
                    self.assigned = bool(app.assignor.assigned_actives())
                    await _pause(stop, 0.1)
            except Exception as fault:  # house rule waived: Faust raises what its parts raise; we begin anew
                LOG.warning("live-waits", extra={"cause": type(fault).__name__})
            finally:
                self.assigned = False
                await app.stop()
                shutil.rmtree(folder, ignore_errors=True)
            await _pause(stop, pause)
            pause = min(pause * 2, 30.0)

    async def write(self, stop: asyncio.Event) -> None:
        """Write what changed, once a second and once at the end; what can't be written waits."""
        dropped_at = None
        while True:
            ending = stop.is_set()
            try:
                await self._write_changed()
                if dropped_at is None or (self.now() - dropped_at).total_seconds() > DROP_SECONDS:
                    await drop_old_windows(self.pool, self.now())
                    dropped_at = self.now()
            except Exception as fault:  # house rule waived: sorted in the next line, all else is raised
                if not is_world_fault(fault):
                    raise
                LOG.warning("live-write-waits", extra={"cause": type(fault).__name__})
            if ending:
                return
            await _pause(stop, self.write_seconds)

    async def _write_changed(self) -> None:
        if self.tables is None:
            return
        rows = self.tables.changed()
        LIVE_WINDOWS_UNSAVED.set(len(rows))
        if rows:
            await save_windows(self.pool, rows)
            self.tables.written(rows)
            LIVE_WINDOWS_UNSAVED.set(0)

    def _make(self, folder: str) -> Any:
        app = faust.App(
            self.broker.prefix + NAME,
            version=self.generation,
            loop=asyncio.get_running_loop(),
            datadir=folder,
            broker=f"kafka://{self.broker.bootstrap}",
            broker_credentials=faust.SASLCredentials(
                mechanism=self.broker.mechanism,
                username=self.broker.username,
                password=self.broker.password,
                ssl_context=self.broker.tls,
            ),
            processing_guarantee="at_least_once",
            web_enabled=False,
            topic_allow_declare=False,
            topic_disable_leader=True,
            consumer_auto_offset_reset="earliest",
            consumer_group_instance_id=self.broker.instance,
            producer_acks=-1,
            producer_linger=0.02,
            stream_buffer_maxsize=self.buffer,
            store="memory://",
            autodiscover=False,
        )
        windows = {
            grain: app.Table(grain, default=list).tumbling(float(seconds)) for grain, seconds in SIZES.items()
        }
        traces = app.Table("trace", default=dict)
        tables = self.tables = LiveTables(windows, traces)
        topic = app.topic(self.broker.on_wire(TOPIC), key_serializer="raw", value_serializer="raw")

        async def take(event: Any) -> None:
            now = self.now().timestamp()
            fact = read(event.message)
            LIVE_RECORDS.labels("passed" if fact is None else tables.take(fact, now)).inc()

        safe_agent(app, topic, take)
        app.producer.buffer.max_messages = BUFFERED
        windows["hour"].table.on_recover(tables.mark_all)
        return app


def safe_agent(app: Any, topic: Any, take: Take) -> None:
    """An agent out of which nothing is raised: a record is tried five times, then counted as refused.

    The dead letter of a record that can't be read is the worker's, which reads the same topic.
    """

    async def read_all(stream: Any) -> None:
        async for event in stream.events():
            for attempt in range(1, ATTEMPTS + 1):
                try:
                    await take(event)
                    break
                except Exception as fault:  # house rule waived: what Faust is let see is lost
                    LOG.error("live-record-failed", extra={"cause": type(fault).__name__, "attempt": attempt})
                    if attempt == ATTEMPTS:
                        LIVE_RECORDS.labels("refused").inc()

    app.agent(topic, name=f"{app.conf.id}-reader", concurrency=CONCURRENCY)(read_all)


def read(message: Any) -> LiveFact | None:
    """What a record means to the windows; None for one that can't be read or counts nothing."""
    record = StoredRecord(
        message.topic,
        message.partition,
        message.offset,
        message.key,
        message.value,
        tuple(message.headers or ()),
    )
    try:
        fact = Heard.read(record)
        kind = LiveKind(fact.type)
        cuts = cuts_of(kind, fact.data)
    except (Unreadable, ValueError, KeyError):
        return None
    return LiveFact(
        kind, fact.subject, fact.partition, fact.offset, fact.sequence, fact.time.timestamp(), cuts
    )


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return

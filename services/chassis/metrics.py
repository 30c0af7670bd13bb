"""The single list of metrics, each with its unit and its meaning. No label ever carries content."""

from prometheus_client import Counter, Gauge, Histogram

FACTS_SENT = Counter("petition_facts_sent_total", "Facts acknowledged by the broker and archived")
SENDS_FAILED = Counter("petition_sends_failed_total", "Batches after which the producer was thrown away")
FACTS_REFUSED = Counter("petition_facts_refused_total", "Facts the broker refused as invalid, set aside")
OLDEST_UNSENT_SECONDS = Gauge("petition_outbox_oldest_unsent_seconds", "Age of the oldest fact not yet sent")
UNSENT_FACTS = Gauge("petition_outbox_unsent_facts", "Facts that lie in the outbox")
RECORDS = Counter("petition_records_total", "Records by the way they ended", ["consumer", "ending"])
DELIVERY_SECONDS = Histogram(
    "petition_delivery_seconds",
    "From the time a fact was said until its effect was committed",
    ["consumer"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300),
)
BATCHES_FAILED = Counter("petition_batches_failed_total", "Batches rolled back", ["consumer", "cause"])
WAITING_FACTS = Gauge("petition_waiting_facts", "Facts whose premise is missing", ["consumer"])
OLDEST_WAITING_SECONDS = Gauge("petition_waiting_oldest_seconds", "Age of the oldest of them", ["consumer"])
DEAD_LETTERS = Gauge("petition_dead_letters", "Dead letters not yet replayed or discarded", ["consumer"])
OLDEST_DEAD_LETTER_SECONDS = Gauge(
    "petition_dead_letters_oldest_seconds", "Age of the oldest of them, 0 when there is none", ["consumer"]
)
LAG_RECORDS = Gauge("petition_lag_records", "Records between the position and the end", ["consumer"])
ZOMBIE_WRITES_REFUSED = Counter(
    "petition_zombie_writes_refused_total", "Batches of a consumer that was no longer the owner", ["consumer"]
)
REBALANCES = Counter(
    "petition_rebalances_total", "Times a consumer was given its partitions anew", ["consumer"]
)
CONSUMER_STOPPED = Gauge(
    "petition_consumer_stopped", "1 when a consumer stopped and waits for a person", ["consumer"]
)
REQUESTS = Counter("petition_http_requests_total", "Requests answered", ["service", "method", "status"])
REQUEST_SECONDS = Histogram("petition_http_request_seconds", "Time to answer", ["service", "method"])
POOL_CONNECTIONS = Gauge(
    "petition_pool_connections", "Connections to the database: busy, idle, and the limit of both", ["state"]
)
LOOP_LATE_SECONDS = Histogram(
    "petition_loop_late_seconds",
    "By how much the event loop woke a sleeper too late, looked at twice a second",
    buckets=(0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
CLOCKS_FIRED = Counter("petition_clocks_fired_total", "Clock events, each exactly once", ["rule", "kind"])
CLOCKS_RUNNING = Gauge(
    "petition_clocks_running",
    "Duties not yet done, by how near their last day is: late, seven_days or later",
    ["rule", "near"],
)
CALENDAR_HORIZON_DAYS = Gauge(
    "petition_calendar_horizon_days", "Days from today to the end of the known working-day calendar"
)
ACCESS_DENIED = Counter("petition_access_denied_total", "Requests refused by what failed", ["by"])
SEALS_BROKEN = Counter("petition_seals_broken_total", "Sealed values that did not open; each is an alarm")
IDENTITIES_BROKEN = Counter(
    "petition_identities_broken_total",
    "Tables withheld because their figures contradict each other",
    ["identity"],
)
FIGURES_DIFFERING = Gauge(
    "petition_figures_differing",
    "Figures that differ from what they were compared with, at the last look",
    ["kind"],
)
LIVE_RECORDS = Counter(
    "petition_live_records_total", "Records the live stream took, by what it did", ["ending"]
)
LIVE_WINDOWS_UNSAVED = Gauge("petition_live_windows_unsaved", "Changed live windows not yet in the database")
RECEIPTS = Gauge(
    "petition_receipts",
    "Receipts by channel and when they were registered: today, seven_days, thirty_days, ever",
    ["channel", "within"],
)
PARTS = Gauge("petition_parts", "Parts (a matter at an organ) by the state in which they lie", ["state"])

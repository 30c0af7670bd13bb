"""The dashboard for operations: rate, errors, duration; facts on their way; use of what is scarce."""

from grafana_foundation_sdk.builders.dashboard import Dashboard

from deploy.grafana.panels import NEVER, AnyPanel, Limits, Query, board, curve, figure, or_zero

READERS = "consumer:petition_lag_records:sum"
DOORS = "sum by (service) (petition_http_requests_total)"


def _at_a_glance() -> list[AnyPanel]:
    return [
        figure(
            "在线进程 Processes up", 'sum(up{job="dengwen"})', "应答 /metrics 的进程 Processes that answer"
        ),
        figure(
            "离线进程 Processes away",
            or_zero('count(up{job="dengwen"} == 0)'),
            "runbook process-away",
            limits=NEVER,
        ),
        figure(
            "正在告警 Alerts firing",
            or_zero('count(ALERTS{alertstate="firing"})'),
            "每条都写明手册 Each names its page",
            limits=NEVER,
        ),
        figure(
            "停止的消费者 Readers stopped",
            "sum(max by (consumer) (petition_consumer_stopped))",
            "runbook stuck-partition",
            limits=NEVER,
        ),
        figure(
            "死信 Dead letters",
            "sum(max by (consumer) (petition_dead_letters))",
            "runbook dead-letter",
            limits=NEVER,
        ),
        figure(
            "等待的事实 Facts waiting",
            "sum(max by (consumer) (petition_waiting_facts))",
            "runbook stuck-partition",
        ),
        curve(
            "近三日差错余量 Errors still allowed, by the last three days",
            [Query("slo:allowed_errors:left_ratio3d", "{{slo}} {{of}}")],
            "1：一个没用；0：用完；负：超出 1: none used; below 0: more than allowed",
            unit="percentunit",
            span=24,
        ),
    ]


def _doors() -> list[AnyPanel]:
    failed = 'sum by (service) (rate(petition_http_requests_total{status=~"5.."}[5m]))'
    return [
        curve(
            "请求量 Requests",
            [Query("service:petition_http_requests:rate5m", "{{service}}")],
            "每秒 per second",
            unit="reqps",
        ),
        curve(
            "服务端差错 Faults of ours",
            [Query(or_zero(failed, DOORS), "{{service}}")],
            "状态码 5xx，每秒 per second",
            unit="reqps",
        ),
        curve(
            "应答时间 Time to answer, p99",
            [Query("service:petition_http_request_seconds:p99_5m", "{{service}}")],
            "最慢的百分之一 The slowest hundredth",
            unit="s",
        ),
    ]


def _sending() -> list[AnyPanel]:
    return [
        curve(
            "最早未发 Oldest unsent",
            [Query("max by (process) (petition_outbox_oldest_unsent_seconds)", "{{process}}")],
            "过 60 秒告警 Alert at 60 s",
            unit="s",
        ),
        curve(
            "未发事实 Facts unsent",
            [Query("max by (process) (petition_outbox_unsent_facts)", "{{process}}")],
            "待发箱里的行 Rows of the outbox",
        ),
        curve(
            "发出 Facts sent",
            [Query("sum by (process) (rate(petition_facts_sent_total[5m]))", "{{process}}")],
            "每秒 per second",
            unit="cps",
        ),
        curve(
            "发送失败与被拒 Sends failed, facts refused",
            [
                Query(
                    "sum by (process) (increase(petition_sends_failed_total[5m]))", "失败 failed {{process}}"
                ),
                Query(
                    "sum by (process) (increase(petition_facts_refused_total[5m]))",
                    "被拒 refused {{process}}",
                ),
            ],
            "五分钟内 within five minutes",
        ),
    ]


def _reading() -> list[AnyPanel]:
    failed = "sum by (consumer) (increase(petition_batches_failed_total[5m]))"
    zombies = "sum by (consumer) (increase(petition_zombie_writes_refused_total[15m]))"
    return [
        curve(
            "落后（秒） Behind, in seconds",
            [Query("consumer:petition_lag:seconds", "{{consumer}}")],
            "按现速赶上所需 At its present pace",
            unit="s",
        ),
        curve(
            "落后（条） Behind, in records",
            [Query(READERS, "{{consumer}}")],
            "位置与末尾之间 Between position and end",
        ),
        curve(
            "到达时间 Delivery, p99",
            [Query("consumer:petition_delivery_seconds:p99_5m", "{{consumer}}")],
            "从说出到生效 From said to its effect",
            unit="s",
        ),
        curve(
            "处理量 Records by ending",
            [Query("sum by (ending) (rate(petition_records_total[5m]))", "{{ending}}")],
            "每秒 per second",
            unit="cps",
        ),
        curve(
            "回滚的批次 Batches rolled back",
            [Query(or_zero(failed, READERS), "{{consumer}}")],
            "五分钟内 within five minutes",
        ),
        curve(
            "再分配与失权写入 Rebalances, zombie writes",
            [
                Query("sum by (consumer) (increase(petition_rebalances_total[15m]))", "再分配 {{consumer}}"),
                Query(or_zero(zombies, READERS), "失权写入 zombie {{consumer}}"),
            ],
            "十五分钟内 within a quarter of an hour",
        ),
        curve(
            "最久等待 Oldest waiting",
            [Query("max by (consumer) (petition_waiting_oldest_seconds)", "{{consumer}}")],
            "过 900 秒告警 Alert at 900 s",
            unit="s",
        ),
        curve(
            "最久死信 Oldest dead letter",
            [Query("max by (consumer) (petition_dead_letters_oldest_seconds)", "{{consumer}}")],
            "过四小时再告警 Told again at four hours",
            unit="s",
        ),
        curve(
            "实时统计 Live view",
            [
                Query(or_zero("sum by (ending) (rate(petition_live_records_total[5m]))"), "{{ending}}"),
                Query("max(petition_live_windows_unsaved)", "未写窗口 unsaved"),
            ],
            "每秒记录；未写入的窗口 Records per second; windows not yet saved",
        ),
    ]


def _scarce() -> list[AnyPanel]:
    return [
        curve(
            "处理器 Processor",
            [Query("process:cpu:ratio_rate5m", "{{process}}")],
            "1 为一个核 1 is one core",
            unit="percentunit",
        ),
        curve(
            "内存 Memory",
            [Query('process_resident_memory_bytes{job="dengwen"}', "{{process}}")],
            "常驻 resident",
            unit="bytes",
        ),
        curve(
            "事件循环迟滞 Loop late, p99",
            [Query("process:petition_loop_late_seconds:p99_5m", "{{process}}")],
            "过 0.25 秒为过载 Overloaded beyond 0.25 s",
            unit="s",
        ),
        curve(
            "数据库连接占用 Connections at work",
            [Query("process:pool_busy:ratio", "{{process}}")],
            "1 为全占 1: requests wait",
            unit="percentunit",
        ),
        curve(
            "打开的文件 Open files",
            [Query("process:open_files:ratio", "{{process}}")],
            "占上限的份额 Share of the limit",
            unit="percentunit",
        ),
        curve(
            "启动于 Running since",
            [Query('time() - process_start_time_seconds{job="dengwen"}', "{{process}}")],
            "运行时长 Age of each process",
            unit="s",
        ),
    ]


def _machine() -> list[AnyPanel]:
    return [
        curve(
            "磁盘余量 Free on disks",
            [Query("disk:free:ratio", "{{disk}}")],
            "runbook full-disk",
            unit="percentunit",
        ),
        curve(
            "磁盘余量（字节） Free, in bytes",
            [Query("petition_disk_free_bytes", "余量 free"), Query("petition_disk_size_bytes", "容量 size")],
            "安装目录所在磁盘 The installation's disk",
            unit="bytes",
        ),
        curve(
            "程序重启 Programs restarted",
            [Query("petition_program_restarts", "{{program}}")],
            "上次启动以来 Since the platform came up",
        ),
        curve(
            "程序就绪 Programs ready", [Query("petition_program_ready", "{{program}}")], "1 为就绪 1 is ready"
        ),
        curve(
            "内存合计 Memory together",
            [Query("petition_memory_bytes", "PSS")],
            "全部程序 All programs",
            unit="bytes",
        ),
    ]


def _guard() -> list[AnyPanel]:
    denied = "sum by (by) (increase(petition_access_denied_total[10m]))"
    return [
        figure(
            "日历余日 Days of calendar", "min(petition_calendar_horizon_days)", "runbook calendar", unit="d"
        ),
        figure(
            "启封失败 Seals broken",
            or_zero("sum(increase(petition_seals_broken_total[1h]))"),
            "runbook broken-seal",
            limits=Limits(red=1),
        ),
        curve("被拒的访问 Access denied", [Query(or_zero(denied), "{{by}}")], "十分钟内 within ten minutes"),
        curve(
            "身份保管库 The vault",
            [
                Query(
                    'sum by (method, status) (increase(petition_http_requests_total{service="vault"}[10m]))',
                    "{{method}} {{status}}",
                )
            ],
            "十分钟内的请求 Requests within ten minutes",
        ),
    ]


def dashboard() -> Dashboard:
    """The dashboard 运行视图."""
    return board(
        "dengwen-operations",
        "登闻 · 运行视图 Operations",
        "进程、事实、资源与安全 Processes, facts, what is scarce, and guard",
        [
            ("一览 At a glance", _at_a_glance()),
            ("门 The doors", _doors()),
            ("发出 Sending", _sending()),
            ("读取 Reading", _reading()),
            ("资源 What is scarce", _scarce()),
            ("机器 The machine", _machine()),
            ("安全与日历 Guard and calendar", _guard()),
        ],
        since="6h",
    )

"""``dengwen watch``: a real Prometheus on the running platform, with the rules of every installation."""

import signal
import subprocess
from typing import Annotated

import typer
from prometheus_client import start_http_server

from deploy.local.commands.screen import CONSOLE, here
from deploy.local.home import Home
from deploy.local.measures import OF_THE_INSTALLATION, measure
from deploy.local.ports import LOOPBACK
from deploy.local.processes import REPOSITORY
from deploy.local.prometheus import NoPrometheus, running
from deploy.prometheus.scrape import LOOK_SECONDS

NAME = "watch"
MEASURE_SECONDS = 2.0


def run(
    every: Annotated[
        int, typer.Option(min=1, max=30, help="Seconds between two looks at each process.")
    ] = LOOK_SECONDS,
) -> None:
    """Watch the running platform with Prometheus until Ctrl-C; its data are kept for the next time."""
    for ending in (signal.SIGINT, signal.SIGTERM):  # a shell may have them ignored
        signal.signal(ending, signal.default_int_handler)
    installation = here()
    home, ports = installation.home, installation.ports
    with running(home, ports, every) as prometheus:
        start_http_server(ports.measures, LOOPBACK, registry=OF_THE_INSTALLATION)
        address = f"http://{LOOPBACK}:{ports.prometheus}"
        CONSOLE.print(f"Prometheus: {address}   告警 alerts: {address}/alerts")
        CONSOLE.print(f"dashboards for Grafana 仪表盘: {REPOSITORY / 'deploy' / 'grafana' / 'dashboards'}")
        CONSOLE.print("Ctrl-C stops it; its data are kept. 按 Ctrl-C 停止")
        try:
            _measure_until_end(home, prometheus)
        except KeyboardInterrupt:
            return
        raise NoPrometheus(f"Prometheus ended by itself; its log says why: {home.logs / 'prometheus.log'}.")


def _measure_until_end(home: Home, prometheus: "subprocess.Popen[bytes]") -> None:
    while prometheus.poll() is None:
        measure(home)
        try:
            prometheus.wait(MEASURE_SECONDS)
        except subprocess.TimeoutExpired:
            continue

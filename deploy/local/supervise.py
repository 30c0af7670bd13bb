"""The supervisor as a process: ``python -m deploy.local.supervise [--family PID] [--only a,b]``.

Exit code 0 after an orderly end, 1 when the platform did not come up (the reason stands in the state
file), 3 when another supervisor holds the installation.
"""

import argparse
import asyncio
import resource
import sys
import time
import traceback

import asyncpg
from confluent_kafka import KafkaException

from deploy.local import failures
from deploy.local.home import Home
from deploy.local.ports import Ports
from deploy.local.preflight import end_leftovers
from deploy.local.processes import KINDS
from deploy.local.state import AlreadyRunning, hold
from deploy.local.supervisor import Supervisor
from services.chassis.migrate import MigrationChanged


def sentence(refused: BaseException, home: Home) -> str:
    """What a person is told of a start that failed: one sentence that names the cure."""
    if isinstance(refused, BaseExceptionGroup):
        return sentence(refused.exceptions[0], home)
    if isinstance(refused, MigrationChanged):
        return (
            f"{home.root} was made with another version of {refused}: use the version that made it, "
            "or remove its data with dengwen reset."
        )
    if isinstance(refused, asyncpg.PostgresError | KafkaException):
        where = "PostgreSQL" if isinstance(refused, asyncpg.PostgresError) else "Kafka"
        return f"{where} refused a step of the start ({type(refused).__name__}); see {home.logs}."
    known = failures.sentence(refused)
    return known or f"The start failed ({type(refused).__name__}); see {home.logs / 'supervisor.log'}."


def main() -> int:
    """Hold the installation and run it until told to stop."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--family", type=int)
    parser.add_argument("--only", default=",".join(KINDS))
    given = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # inherited: no memory is left on a disk
    home = Home.of()
    home.make()
    for _ in range(20):
        try:
            _lock = hold(home.lock)
            break
        except AlreadyRunning:
            time.sleep(0.1)
    else:
        return 3
    end_leftovers(home)
    supervisor = Supervisor(home, Ports.of(), [name for name in given.only.split(",") if name], given.family)
    try:
        asyncio.run(supervisor.run())
    except BaseException as refused:
        traceback.print_exc()
        supervisor.state.phase, supervisor.state.message = "failed", sentence(refused, home)
        supervisor.state.write(home)
        return 1
    supervisor.state.phase = "stopped"
    supervisor.state.write(home)
    return 0


if __name__ == "__main__":
    sys.exit(main())

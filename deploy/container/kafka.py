"""The broker in its container: storage made once, then Java takes the place of this process.

``python -m deploy.container.kafka`` reads ``DENGWEN_KAFKA_SECRETS_FOLDER`` (files ``kafka_admin`` and
``kafka_controller``) and ``DENGWEN_KAFKA_ADVERTISED_HOST`` (the name by which clients reach it); with
``check`` it only compares its jars with their hashes, as the build does.
"""

import os
import sys
from pathlib import Path

from deploy.local.kafka import Listener, Node, find_java, jars_in
from deploy.local.ports import CONTROLLER, KAFKA
from deploy.local.refusal import Refusal
from deploy.secret_files import SecretMissing, read_secrets

DATA = Path("/var/lib/dengwen/kafka")
EVERYWHERE = "0.0.0.0"  # noqa: S104 - a container's own networks; who is in them says compose.yaml


def node() -> Node:
    """The broker as the environment describes it. Raises KeyError, SecretMissing, and a Refusal."""
    words = read_secrets(
        Path(os.environ["DENGWEN_KAFKA_SECRETS_FOLDER"]), ["kafka_admin", "kafka_controller"]
    )
    host = os.environ["DENGWEN_KAFKA_ADVERTISED_HOST"]
    return Node(
        java=find_java()[0],
        jars=jars_in(Path(os.environ["DENGWEN_KAFKA_JARS"])),
        data=DATA,
        listeners=(Listener("CLIENT", KAFKA, KAFKA, EVERYWHERE, host),),
        controller_port=CONTROLLER,
        admin_password=words["kafka_admin"],
        controller_password=words["kafka_controller"],
    )


def main() -> None:
    """Format the storage if there is none and become the broker; says in one line what kept it from that."""
    try:
        if sys.argv[1:] == ["check"]:
            jars_in(Path(os.environ["DENGWEN_KAFKA_JARS"]))
            return
        os.umask(0o077)
        broker = node()
        broker.format({"admin": broker.admin_password})
    except KeyError as missing:
        sys.exit(f"{missing.args[0]} is not set")
    except (SecretMissing, Refusal) as wrong:
        sys.exit(str(wrong))
    command = broker.command()
    os.execv(command[0], command)  # noqa: S606 - the broker is to be process 1 and get its signals


if __name__ == "__main__":
    main()

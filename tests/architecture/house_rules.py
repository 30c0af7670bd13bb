"""The house rules that look at syntax: each is a function from a node to "this breaks it".

Each has the story that caused it. A line may be excused by ``# house rule waived: reason``.
"""

import ast

from tests.architecture.tree import called


def reads_the_clock(node: ast.AST) -> bool:
    """A rule that read the server's clock could not be tried on 29 February or in another year."""
    return called(node) in {
        "datetime.now",
        "datetime.utcnow",
        "datetime.today",
        "date.today",
        "datetime.datetime.now",
        "datetime.date.today",
        "time.time",
    }


def catches_everything(node: ast.AST) -> bool:
    """A broad catch in a reaction once turned a refused record into an applied one."""
    if not isinstance(node, ast.ExceptHandler):
        return False
    kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
    return any(
        kind is None or (isinstance(kind, ast.Name) and kind.id in {"Exception", "BaseException"})
        for kind in kinds
    )


def commits_by_hand(node: ast.AST) -> bool:
    """A commit in the middle of a use case tears state and outbox apart."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit":
        return True
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.strip().rstrip(";").upper() in {"COMMIT", "ROLLBACK", "BEGIN"}
    )


def reads_the_environment(node: ast.AST) -> bool:
    """A setting read where it is used is a setting that no start can refuse."""
    return called(node) in {"os.getenv", "os.environ.get"} or (
        isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "environ"
    )


def awaits(node: ast.AST) -> bool:
    """A rule that waits is no rule: what it needs comes in as an argument."""
    return isinstance(node, ast.Await | ast.AsyncFunctionDef | ast.AsyncFor | ast.AsyncWith)


def unpickles(node: ast.AST) -> bool:
    """Both run what they read."""
    return called(node) in {"pickle.loads", "pickle.load", "yaml.load", "marshal.loads"}

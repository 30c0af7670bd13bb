"""Queries as the parser of Prometheus' language sees them."""

from collections.abc import Iterator

import promql_parser
from promql_parser import (
    AggregateExpr,
    BinaryExpr,
    Call,
    Expr,
    MatrixSelector,
    ParenExpr,
    SubqueryExpr,
    UnaryExpr,
    VectorSelector,
)


def series_of(query: str) -> set[str]:
    """The names of the series a query reads. Raises ValueError for what is no query."""
    return {str(one.name) for one in selectors(promql_parser.parse(query))}


def selectors(expression: Expr) -> Iterator[VectorSelector]:
    """Every place in a query where series are chosen."""
    match expression:
        case VectorSelector():
            yield expression
        case MatrixSelector():
            yield expression.vector_selector
        case BinaryExpr():
            yield from selectors(expression.lhs)
            yield from selectors(expression.rhs)
        case Call():
            for argument in expression.args:
                yield from selectors(argument)
        case AggregateExpr() | ParenExpr() | SubqueryExpr() | UnaryExpr():
            yield from selectors(expression.expr)

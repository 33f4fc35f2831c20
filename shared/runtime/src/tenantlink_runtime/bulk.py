"""Many rows in one statement whose text does not depend on how many they are.

The values of a column travel as one array, and the server unnests them. A multi-row VALUES is
another text for every batch size: compiling it was half of what a batch cost the processor.
JSON columns take JSON that is text already.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, Insert, insert

Rows = Sequence[Mapping[str, Any]]


def new_rows(table: sa.Table, names: Sequence[str]) -> sa.TableValuedAlias:
    """The rows given to the statement, as a table `given` with these columns."""
    arrays = [_array(table.c[name]) for name in names]
    return sa.func.unnest(*arrays).table_valued(*names).render_derived(name="given")


def insert_rows(table: sa.Table, *names: str) -> Insert:
    """INSERT for any number of rows; may be continued with ON CONFLICT and RETURNING."""
    new = new_rows(table, names)
    return insert(table).from_select(list(names), sa.select(*(new.c[name] for name in names)))


def columns_of(rows: Rows, *names: str) -> dict[str, list[Any]]:
    """The parameters of such a statement: the rows, turned into columns."""
    return {_parameter(name): [row[name] for row in rows] for name in names}


def any_of(column: sa.ColumnElement[Any], parameter: str) -> sa.ColumnElement[bool]:
    """Whether a column is one of the values in an array parameter."""
    return column == sa.any_(sa.bindparam(parameter, type_=ARRAY(column.type)))


def unique(values: Iterable[Any]) -> list[Any]:
    """Each once and sorted, so that transactions never wait for each other in a circle."""
    return sorted(set(values))


def _array(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    sent = sa.Text() if isinstance(column.type, JSONB) else column.type
    given = sa.bindparam(_parameter(column.name), type_=ARRAY(sent))
    return sa.cast(given, ARRAY(column.type))


def _parameter(name: str) -> str:
    """A column's own name is reserved where the column is set."""
    return f"given_{name}"

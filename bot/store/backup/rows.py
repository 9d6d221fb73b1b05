"""Rows as lines of JSON that mean the same on every database."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, DateTime, Float, Integer, LargeBinary, Row, String, Table

Line = dict[str, Any]


def encoder(table: Table) -> Callable[[Row[Any]], bytes]:
    """What makes a line of a row of all columns. Raises `TypeError` for a type that no backup knows."""
    columns = [(column.name, _encoder(column)) for column in table.columns]

    def encode(row: Row[Any]) -> bytes:
        line = {
            name: None if value is None else write(value) for (name, write), value in zip(columns, row, strict=True)
        }
        return json.dumps(line, separators=(",", ":")).encode() + b"\n"

    return encode


def decoder(table: Table) -> Callable[[bytes], Line]:
    """What makes a row of a line; it raises `ValueError` for what is no row of the table."""
    columns = {column.name: _decoder(column) for column in table.columns}

    def decode(line: bytes) -> Line:
        row = json.loads(line)
        if not isinstance(row, dict) or row.keys() != columns.keys():
            raise ValueError(f"no row of {table.name}")
        return {name: None if value is None else columns[name](value) for name, value in row.items()}

    return decode


def _encoder(column: Column[Any]) -> Callable[[Any], Any]:
    if isinstance(column.type, DateTime):
        return lambda value: _utc(value).isoformat()
    if isinstance(column.type, Date):
        return lambda value: value.isoformat()
    if isinstance(column.type, LargeBinary):
        return lambda value: base64.b64encode(value).decode()
    if isinstance(column.type, JSON | Boolean | Integer | Float | String):
        return lambda value: value
    raise TypeError(f"{column}: no backup knows {column.type!r}")


def _decoder(column: Column[Any]) -> Callable[[Any], Any]:
    if isinstance(column.type, DateTime):
        return lambda value: _utc(datetime.fromisoformat(_text(value)))
    if isinstance(column.type, Date):
        return lambda value: date.fromisoformat(_text(value))
    if isinstance(column.type, LargeBinary):
        return lambda value: base64.b64decode(_text(value), validate=True)
    return lambda value: value


def _utc(moment: datetime) -> datetime:
    """SQLite keeps no zone, and everything in it is UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"no text: {value!r}")
    return value

"""Numbers that a table gives to its rows: which comes next must not be forgotten, since none is given twice."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, Integer, Table, func, inspect, select, text


def given(connection: Connection, tables: Sequence[Table]) -> dict[str, int]:
    """The last number that each table has given, where the database remembers."""
    if connection.dialect.name == "sqlite":
        if not inspect(connection).has_table("sqlite_sequence"):
            return {}
        names = {table.name for table in tables}
        return {n: int(s) for n, s in connection.execute(text("SELECT name, seq FROM sqlite_sequence")) if n in names}
    last = {}
    for table, _, sequence in _sequences(connection, tables):
        number, called = connection.execute(text(f"SELECT last_value, is_called FROM {sequence}")).one()
        if called:
            last[table.name] = int(number)
    return last


def go_on_after(connection: Connection, tables: Sequence[Table], last: Mapping[str, int]) -> None:
    """Let each table give numbers after those in it and after its `last`."""
    if connection.dialect.name == "sqlite":
        # A table that remembers has a row here once it has held one; SQLite takes a row from us as well.
        for table in tables:
            if table.name in last and _remembers(connection, table):
                row = {"name": table.name, "seq": last[table.name]}
                connection.execute(
                    text(
                        "INSERT INTO sqlite_sequence SELECT :name, 0 WHERE NOT EXISTS "
                        "(SELECT 1 FROM sqlite_sequence WHERE name = :name)"
                    ),
                    row,
                )
                connection.execute(text("UPDATE sqlite_sequence SET seq = max(seq, :seq) WHERE name = :name"), row)
        return
    for table, column, sequence in _sequences(connection, tables):
        highest = connection.execute(select(func.max(table.c[column]))).scalar_one()
        number = max(highest or 0, last.get(table.name, 0))
        if number > 0:
            setval = text("SELECT setval(CAST(CAST(:sequence AS text) AS regclass), :number)")
            connection.execute(setval, {"sequence": sequence, "number": number})


def _remembers(connection: Connection, table: Table) -> bool:
    made = connection.execute(text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": table.name})
    return "AUTOINCREMENT" in str(made.scalar_one()).upper()


def _sequences(connection: Connection, tables: Sequence[Table]) -> list[tuple[Table, str, str]]:
    """PostgreSQL's: table, column and the sequence's name, quoted as needed."""
    quote = connection.dialect.identifier_preparer.quote
    found = []
    for table in tables:
        for column in table.primary_key:
            if isinstance(column.type, Integer):
                asked = select(func.pg_get_serial_sequence(quote(table.name), column.name))
                sequence = connection.execute(asked).scalar_one()
                if sequence is not None:
                    found.append((table, column.name, sequence))
    return found

"""What JSON Schema cannot say of parameters: values in formats of our own."""

from datetime import date, datetime

import schemathesis
from hypothesis import strategies as st

# Words: at least one letter or digit, whatever else stands around it.
letters = st.sampled_from("abcdefghijklmnopqrstuvwxyzÀéßøñ中文0123456789")
around = st.text(alphabet="abcxyz0123456789ÀÉ中 -*\"'():.^/&%+", max_size=60)
schemathesis.openapi.format("words", st.builds(lambda a, b, c: a + b + c, around, letters, around))

# Days in the years that we know, and times on them without a zone.
schemathesis.openapi.format("date", st.dates(date(1000, 1, 1), date(2999, 12, 31)).map(str))
moments = st.datetimes(datetime(1000, 1, 1), datetime(2999, 12, 31))
schemathesis.openapi.format("local-date-time", moments.map(lambda moment: moment.isoformat()[:16]))

# The beginning of the feed of changes, the one cursor that is good whatever has happened.
schemathesis.openapi.format("cursor", st.just("YWZ0ZXIgMA"))


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """Takes out three parameters of which the description says in words what OpenAPI cannot say. The
    project's own tests ask with them.

    cursor: good for one order of one list, so nobody can make one up.
    fields: the answer then holds what is named, not what its schema requires.
    path: beside it the other parameters of the same operation are refused.
    """
    for item in raw_schema["paths"].values():
        for operation in item.values():
            kept = [one for one in operation.get("parameters", []) if not is_apart(one)]
            operation["parameters"] = kept


def is_apart(parameter):
    cursor = parameter.get("$ref", "").endswith("/cursor")
    return cursor or parameter.get("name") == "fields" or (
        parameter.get("name") == "path" and parameter.get("in") == "query"
    )


@schemathesis.hook
def filter_query(context, query):
    """A filter takes twenty values, all of a query together fifty: OpenAPI can only say the first."""
    values = (query or {}).values()
    return sum(len(value) if isinstance(value, list) else 1 for value in values) <= 50

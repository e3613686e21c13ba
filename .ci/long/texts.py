"""Texts that stop or hurt a program which reads them without bounds, by kind. Each is tried by
`attack.py` at every door that takes such a text; one of them is harmless, to compare with. It must not
know the doors."""

import json
from dataclasses import dataclass

# Where the old cut of long texts fell, in bytes.
CUT = 200_000


@dataclass
class Hostile:
    """A text, and what the file would be called that holds it."""

    kind: str
    name: str
    text: str
    suffix: str = ""

    @property
    def file(self):
        return f"hostile{self.suffix}"


def nested(opening, closing, times, inside="x"):
    return opening * times + inside + closing * times


def rich_texts():
    """For fields that hold rich text."""
    fonts = "".join(f"<font a={number}>" for number in range(98))
    depth, vanishes, amplifies = "depth not counted", "bound that vanishes", "amplification"
    return [
        Hostile("harmless", "two paragraphs", "<p>One <em>and</em> two.</p><p>Three.</p>"),
        Hostile(depth, "ends of what was never open", "<div></x>" * 10_000),
        Hostile(depth, "ends within comments", "<div><!--</x>-->" * 9_000),
        Hostile(depth, "ends within attributes", '<div a="</div>">' * 9_000),
        Hostile(depth, "ends of paragraphs", "<div></p>" * 10_000),
        Hostile(depth, "plain", "<div>" * 39_000),
        Hostile(depth, "emphasis in emphasis", "<b><i>" * 30_000),
        Hostile(depth, "lists in lists", "<ul><li>" * 20_000),
        Hostile(depth, "quotations in quotations", nested("<blockquote>", "</blockquote>", 8_000)),
        Hostile(depth, "tables in tables", "<table><tr><td>" * 10_000),
        Hostile(depth, "drawings", "<svg>" + "<g></x>" * 15_000),
        Hostile(depth, "formulas", "<math>" + "<mrow>" * 25_000),
        Hostile(depth, "templates in templates", "<template>" * 18_000),
        Hostile(vanishes, "a character over the cut", "<div>" * 39_999 + "<div" + "ü>" + "<div>" * 50_000),
        Hostile(vanishes, "a long character over the cut", "<i>" * 66_665 + "a" * 3 + "\U0001f600" + "<i>" * 60_000),
        Hostile(vanishes, "characters of four bytes", "<div>" * 20_000 + "\U0001f600" * 90_000),
        Hostile(amplifies, "formatting, 161 KB", f"<p>{fonts}x" + "<p>x" * 40_000),
        Hostile(amplifies, "formatting, 41 KB", f"<p>{fonts}x" + "<p>x" * 10_000),
        Hostile(amplifies, "formatting and tables", f"<p>{fonts}x" + "<table><td>x</table>" * 8_000),
        Hostile(amplifies, "links", "<p>" + "<a href=/x>x<p>" * 12_000),
        Hostile(amplifies, "text before tables", "<table>" + "<b>x" * 30_000),
        Hostile(amplifies, "attributes", "<p " + " ".join(f"a{number}" for number in range(25_000)) + ">x"),
        Hostile(amplifies, "wide cells", "<table>" + "<tr><td colspan=100000000 rowspan=65534>x" * 4_000),
        Hostile(amplifies, "quotation marks", '"' * 1_300_000),
        Hostile(amplifies, "as many as a form takes", '"' * 870_000),
        Hostile(amplifies, "more than a form takes", "x" * 4_500_000),
    ]


def echoes():
    """Texts that are longer where they are shown again."""
    return [
        Hostile("echo", "quotation marks", '"' * 4_100_000),
        Hostile("echo", "twice as many", '"' * 8_300_000),
        Hostile("echo", "as many as a form takes", '"' * 870_000),
        Hostile("echo", "ampersands of a form", "&" * 4_100_000),
        Hostile("echo", "plain", "x" * 4_100_000),
    ]


def bibliographies():
    """For imports: what reference managers, spreadsheets and pages write."""
    cycle, expansion, depth = "cycle", "expansion", "depth not counted"
    chain = "\n".join(f"@article{{k{n}, crossref={{k{n + 1}}}, title={{t}}, year=2020}}" for n in range(9_000))
    doubled = "\n".join(f"@xdata{{x{n}, xdata={{x{n + 1},x{n + 1}}}}}" for n in range(30))
    heir = "@article{{k{}, crossref={{parent}}, title={{t}}, year=2020}}"
    bib = [
        Hostile("harmless", "one entry", "@article{x, title={t}, author={A, B}, year=2020}"),
        Hostile(cycle, "crossref to itself", "@article{x, crossref={x}, title={t}, year=2020}"),
        Hostile(cycle, "crossref to each other", "@article{a, crossref={b}, title={t}, year=2020}\n"
                "@article{b, crossref={a}, title={t}, year=2020}"),
        Hostile(cycle, "crossref in another case", "@article{X, crossref = \"x\", title={t}}\n@article{x, crossref={X}}"),
        Hostile(cycle, "crossref of three", "".join(
            f"@book{{k{n}, crossref={{k{(n + 1) % 3}}}, title={{t}}, year=2020}}\n" for n in range(3))),
        Hostile(cycle, "crossref through a string", "@string{c = {x}}\n@article{x, crossref = c, title={t}}"),
        Hostile(cycle, "xdata to itself", "@xdata{a, xdata={a}}\n@article{x, xdata={a}, title={t}, year=2020}"),
        Hostile(cycle, "xdata to each other", "@xdata{a,xdata={b}} @xdata{b,xdata={a}}\n"
                "@article{x, xdata={a}, title={t}, year=2020}"),
        Hostile(cycle, "xdata and crossref", "@xdata{a, crossref={x}}\n@article{x, xdata={a}, title={t}, year=2020}"),
        Hostile(cycle, "string of itself", "@string{a = a # a}\n@article{x, title=a, year=2020}"),
        Hostile(cycle, "strings of each other", "@string{a=b}@string{b=a}\n@article{x, title=a, year=2020}"),
        Hostile(cycle, "string of itself, unused", "@string{a = a # a}\n@article{x, title={t}, year=2020}"),
        Hostile(cycle, "chain of crossref", chain),
        Hostile(expansion, "strings, thrice each", '@string{a0 = "xxxxxxxxxx"}\n' + "".join(
            f"@string{{a{n} = a{n - 1} # a{n - 1} # a{n - 1}}}\n" for n in range(1, 17)) +
            "@article{x, title=a16, year=2020}"),
        Hostile(expansion, "strings, twice each", '@string{a0 = "x"}\n' + "".join(
            f"@string{{a{n} = a{n - 1} # a{n - 1}}}\n" for n in range(1, 41)) + "@article{x, title=a40, year=2020}"),
        Hostile(expansion, "one string, often", "@string{a = {" + "x" * 20_000 + "}}\n" + "".join(
            f"@article{{k{n}, title={{t}}, abstract=" + " # ".join(["a"] * 50) + "}\n" for n in range(300))),
        Hostile(expansion, "xdata, twice each", doubled + "\n@xdata{x30, note={x}}\n@article{y, xdata={x0}, title={t}}"),
        Hostile(expansion, "one parent of many", "@book{parent, title={t}, abstract={" + "x" * 100_000 + "}}\n" +
                "\n".join(heir.format(n) for n in range(4_000))),
        Hostile(depth, "braces", "@article{x, title={" + nested("{", "}", 100_000) + "}, year=2020}"),
        Hostile(depth, "braces that stay open", "@article{x, title=" + "{" * 200_000),
        Hostile(depth, "commands", "@article{x, title={" + nested("\\emph{", "}", 30_000) + "}, year=2020}"),
    ]
    for one in bib:
        one.suffix = ".bib"
    return bib + csl_texts() + tables()


def csl(abstract):
    return json.dumps([{"id": "x", "type": "report", "title": "t", "abstract": abstract}], ensure_ascii=False)


def csl_texts():
    """CSL-JSON: its abstracts hold markup."""
    depth = "depth not counted"
    abstracts = [
        Hostile(depth, "CSL-JSON, abstract, ends of what was never open", csl("<div></x>" * 10_000)),
        Hostile(depth, "CSL-JSON, abstract, plain", csl("<jats:p>" * 24_000)),
        Hostile("bound that vanishes", "CSL-JSON, abstract, a character over the cut",
                csl("<div>" * 39_999 + "<div" + "ü>" + "<div>" * 50_000)),
        Hostile("amplification", "CSL-JSON, abstract, formatting",
                csl("<p>" + "".join(f"<font a={n}>" for n in range(98)) + "x" + "<p>x" * 40_000)),
        Hostile(depth, "CSL-JSON, lists in lists", nested("[", "]", 200_000, "")),
        Hostile(depth, "CSL-JSON, objects in objects", nested('{"a":', "}", 100_000, "1")),
    ]
    for one in abstracts:
        one.suffix = ".json"
    return abstracts


def tables():
    """Tables of pages, and of spreadsheets."""
    head = "<table><tr><th>Title<th>Year<tr><td>"
    texts = [
        Hostile("depth not counted", "page, ends of what was never open", head + "<div></x>" * 10_000),
        Hostile("depth not counted", "page, tables in tables", "<table><tr><td>" * 20_000),
        Hostile("bound that vanishes", "page, a character over the cut", head + "<div>" * 39_995 + "ü" + "<div>" * 50_000),
        Hostile("amplification", "page, formatting", head + "".join(f"<font a={n}>" for n in range(98)) + "x" +
                "<p>x" * 40_000),
        Hostile("amplification", "page, wide cells", head + "t<td>2020" +
                "<tr><td colspan=100000000 rowspan=100000000>x" * 5_000),
    ]
    for one in texts:
        one.suffix = ".html"
    many = Hostile("amplification", "CSV, many columns", "Title," * 60_000 + "\n" + "x," * 60_000, ".csv")
    quotes = Hostile("amplification", "CSV, a quotation that stays open", 'Title,Year\n"' + "x\n" * 400_000, ".csv")
    return [*texts, many, quotes]

//! Values as people and programs type them: one text per value, for form inputs, CSV cells and
//! the command line. It must not judge whether a value is needed; see `validate`.

use std::borrow::Cow;

use recto_reader::markup::TooMuch;
use recto_reader::{rich, text::is_unfit};

use super::parsed::{
    Country, Doi, Email, Html, Isbn, Issn, Malformed, Orcid, ProjectCode, Ror, Upload, WebAddress, Zone,
    parse_date, parse_wall_time, parse_year, upload,
};
use super::{Id, Kind, Value};

/// The most characters of rich text that one field takes, markup included.
pub const HTML_MAX: usize = rich::CHARACTERS;

/// What was typed, as a value of this kind. Blank text is 'not given'. The second part of an
/// error is its stable code.
///
/// # Errors
/// Where the text is not a value of the kind; the sentence says what would be.
pub fn parse(kind: &Kind, text: &str) -> Result<Value, (String, &'static str)> {
    // Control characters come from broken pastes; NUL is refused by PostgreSQL. Those that are white
    // space keep words apart.
    let broken = |c: char| is_unfit(c) && !c.is_whitespace();
    let text =
        &*if text.contains(broken) { Cow::Owned(text.replace(broken, "")) } else { Cow::Borrowed(text) };
    if text.trim().is_empty() {
        return Ok(Value::empty(kind));
    }
    let malformed = |error: Malformed| (error.to_string(), "malformed");
    match kind {
        Kind::Line(max) => {
            let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
            bounded(line, *max).map(|line| Value::Text(line.into()))
        }
        Kind::Lines(max) => {
            let lines = text.trim().replace("\r\n", "\n").replace(['\r', '\u{b}', '\u{c}', '\u{85}'], "\n");
            bounded(lines, *max).map(|lines| Value::Text(lines.into()))
        }
        Kind::Html => {
            let html = Html::sanitise(text).map_err(|met| (met.to_string(), code(met)))?;
            Ok(if html.is_blank() { Value::None } else { Value::Html(html) })
        }
        Kind::Integer(min, max) => match text.trim().parse::<i64>() {
            Ok(number) if (*min..=*max).contains(&number) => Ok(Value::Integer(number)),
            _ => Err((format!("Write a whole number from {min} to {max}."), "malformed")),
        },
        Kind::Position => match text.trim().parse::<i64>() {
            Ok(number) if number.unsigned_abs() < 1 << 53 => Ok(Value::Integer(number)),
            _ => Err(("This place is no number.".to_owned(), "malformed")),
        },
        Kind::Year => parse_year(text).map(Value::Integer).map_err(malformed),
        Kind::Flag => match text.trim() {
            "true" | "on" | "yes" | "1" => Ok(Value::Flag(true)),
            "false" | "off" | "no" | "0" => Ok(Value::Flag(false)),
            _ => Err(("Write yes or no.".to_owned(), "malformed")),
        },
        Kind::Choice(choices) => {
            let typed = text.trim();
            let found = choices
                .iter()
                .find(|choice| choice.value == typed || choice.label.eq_ignore_ascii_case(typed));
            found.map(|choice| Value::Text(choice.value.into())).ok_or_else(|| {
                let known: Vec<&str> = choices.iter().map(|choice| choice.label).collect();
                (format!("Choose one of: {}.", known.join(", ")), "not_a_choice")
            })
        }
        Kind::Date => parse_date(text).map(Value::Date).map_err(malformed),
        Kind::WallTime => parse_wall_time(text).map(Value::Time).map_err(malformed),
        Kind::Zone => canonical::<Zone>(text),
        Kind::Code => canonical::<ProjectCode>(text),
        Kind::Orcid => canonical::<Orcid>(text),
        Kind::Doi => canonical::<Doi>(text),
        Kind::Ror => canonical::<Ror>(text),
        Kind::Isbn => canonical::<Isbn>(text),
        Kind::Issn => canonical::<Issn>(text),
        Kind::Email => canonical::<Email>(text),
        Kind::Url => canonical::<WebAddress>(text),
        Kind::File => canonical::<Upload>(text),
        Kind::Country => canonical::<Country>(text),
        Kind::Pattern => pattern(text),
        Kind::One { .. } => text.trim().parse::<Id>().map(Value::One).map_err(malformed),
        Kind::Many { .. } => Err(("Rows are given one by one.".to_owned(), "malformed")),
    }
}

/// The stable code of a bound that a rich text met.
fn code(met: TooMuch) -> &'static str {
    if let TooMuch::Long(..) = met { "too_long" } else { "malformed" }
}

fn canonical<T>(text: &str) -> Result<Value, (String, &'static str)>
where
    T: std::str::FromStr<Err = Malformed> + std::fmt::Display,
{
    match text.parse::<T>() {
        Ok(value) => Ok(Value::Text(value.to_string().into())),
        Err(error) => Err((error.to_string(), "malformed")),
    }
}

fn bounded(text: String, max: usize) -> Result<String, (String, &'static str)> {
    let length = text.chars().count();
    if length > max {
        return Err((format!("This has {length} characters; shorten it to {max}."), "too_long"));
    }
    Ok(text)
}

/// A path pattern begins with a slash, holds `{slug}`, and no other braces than `{theme}`.
fn pattern(text: &str) -> Result<Value, (String, &'static str)> {
    let text = text.trim();
    let plain = text.replace("{slug}", "s").replace("{theme}", "t").replace("{code}", "c");
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.');
    let whole = text.contains("{slug}") || text.contains("{code}");
    if text.starts_with('/')
        && !text.contains("//")
        && text.len() <= 200
        && whole
        && plain.chars().all(allowed)
    {
        Ok(Value::Text(text.trim_end_matches('/').into()))
    } else {
        Err((
            "Begin with a slash and say where the slug goes: /research/{theme}/{slug}.".to_owned(),
            "malformed",
        ))
    }
}

/// The text from which [`parse`] makes this value again; rows have none.
#[must_use]
pub fn print(value: &Value) -> String {
    match value {
        Value::None | Value::Many(_) => String::new(),
        Value::Text(text) => text.to_string(),
        Value::Html(html) => html.as_str().to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Flag(flag) => flag.to_string(),
        Value::Date(date) => date.format("%Y-%m-%d").to_string(),
        Value::Time(time) => time.format("%Y-%m-%dT%H:%M").to_string(),
        Value::One(id) => id.to_string(),
    }
}

/// The value as people read it: choices by their labels, dates as '4 December 2023'.
#[must_use]
pub fn read(kind: &Kind, value: &Value) -> String {
    match (kind, value) {
        (Kind::Choice(choices), Value::Text(text)) => {
            label(choices, text).map_or_else(|| text.to_string(), str::to_owned)
        }
        (Kind::File, Value::Text(text)) => match text.parse::<Upload>() {
            Ok(file) => format!("{} ({})", file.name(), upload::described(&file)),
            Err(_) => text.to_string(),
        },
        (_, Value::Flag(flag)) => if *flag { "Yes" } else { "No" }.to_owned(),
        (_, Value::Html(html)) => {
            Some(html.plain()).filter(|text| !text.is_empty()).unwrap_or("An image".into())
        }
        (_, Value::Date(date)) => date.format("%-d %B %Y").to_string(),
        (_, Value::Time(time)) => time.format("%-d %B %Y, %H:%M").to_string(),
        _ => print(value),
    }
}

/// The label of a choice.
#[must_use]
pub fn label(choices: &[super::Choice], value: &str) -> Option<&'static str> {
    choices.iter().find(|choice| choice.value == value).map(|choice| choice.label)
}

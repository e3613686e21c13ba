//! A query string taken apart, within bounds, and put together again. It must not know what its
//! parameters mean.

use percent_encoding::percent_decode_str;

use super::problem::Faults;

/// The longest query string, in bytes.
const LONGEST: usize = 4_096;

/// The most parameters.
const MOST: usize = 50;

/// A query's parameters in the order in which they were written, decoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    /// Reads a query string.
    ///
    /// # Errors
    /// Where it is too long, has too many parameters or is not percent-encoded UTF-8.
    pub(super) fn read(raw: Option<&str>) -> Result<Self, Faults> {
        let raw = raw.unwrap_or_default();
        if raw.len() > LONGEST {
            return Err(Faults::whole("too_long", format!("A query has at most {LONGEST} bytes.")));
        }
        let written: Vec<&str> = raw.split('&').filter(|one| !one.is_empty()).collect();
        if written.len() > MOST {
            return Err(Faults::whole("too_many", format!("A query has at most {MOST} parameters.")));
        }
        let read = |one: &&str| {
            let (name, value) = one.split_once('=').unwrap_or((one, ""));
            Some((decode(name)?, decode(value)?))
        };
        let parameters: Option<Vec<(String, String)>> = written.iter().map(read).collect();
        let malformed = "Write the query as percent-encoded UTF-8 without control characters.";
        parameters.map(Self).ok_or_else(|| Faults::whole("malformed", malformed))
    }

    /// The names that occur, each once.
    pub(super) fn names(&self) -> Vec<&str> {
        let mut names = Vec::new();
        for (name, _) in &self.0 {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        names
    }

    /// The values given under a name.
    pub(super) fn values<'query>(&'query self, name: &'query str) -> impl Iterator<Item = &'query str> {
        self.0.iter().filter(move |(one, _)| one == name).map(|(_, value)| value.as_str())
    }

    /// This path with the query, in the one spelling that we write.
    pub(super) fn link(&self, path: &str) -> String {
        if self.0.is_empty() {
            return path.to_owned();
        }
        let written = form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.0).finish();
        format!("{path}?{written}")
    }

    /// The same query with one parameter set to another value.
    #[must_use]
    pub(super) fn with(&self, name: &str, value: &str) -> Self {
        let mut parameters = self.0.clone();
        parameters.retain(|(one, _)| one != name);
        parameters.push((name.to_owned(), value.to_owned()));
        Self(parameters)
    }
}

impl Query {
    /// The same query with those parameters alone whose names are kept.
    #[must_use]
    pub(super) fn keep(&self, kept: impl Fn(&str) -> bool) -> Self {
        Self(self.0.iter().filter(|(name, _)| kept(name)).cloned().collect())
    }
}

/// Decodes strictly: what is not percent-encoded UTF-8 must not be guessed at.
fn decode(written: &str) -> Option<String> {
    let encoded =
        |rest: &str| rest.as_bytes().get(..2).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
    if !written.split('%').skip(1).all(encoded) {
        return None;
    }
    let spaced = written.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8().ok()?;
    (!decoded.chars().any(char::is_control)).then(|| decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_percent_encoded_utf8_is_refused() {
        for good in ["", "&&", "q=from+blame", "year%5Bgte%5D=2019", "year[gte]=2019", "q=%C3%BC", "q"] {
            assert!(Query::read(Some(good)).is_ok(), "{good}");
        }
        for bad in ["q=%", "q=%4", "q=%zz", "q=%FF", "q=%C3", "q=%00", "%0A=x"] {
            assert!(Query::read(Some(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_query_has_one_spelling() {
        let query = Query::read(Some("year[gte]=2019&&q=a+b&cursor=x")).unwrap();
        assert_eq!(query.with("cursor", "y").link("/p"), "/p?year%5Bgte%5D=2019&q=a+b&cursor=y");
        assert_eq!(query.values("q").collect::<Vec<_>>(), ["a b"]);
    }
}

//! E-mail and web addresses and countries.

use std::fmt;
use std::str::FromStr;

use super::Malformed;

/// An e-mail address with a domain (RFC 5321 lengths), its domain in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(String);

impl FromStr for Email {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        const SHAPE: Malformed = Malformed("Write an e-mail address such as name@example.org.");
        let options = email_address::Options::default()
            .with_required_tld()
            .without_display_text()
            .without_domain_literal();
        let text = text.trim();
        email_address::EmailAddress::parse_with_options(text, options).map_err(|_| SHAPE)?;
        let (local, domain) = text.rsplit_once('@').ok_or(SHAPE)?;
        Ok(Self(format!("{local}@{}", domain.to_lowercase())))
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A web address: http or https, with a host, without a user, at most 2,000 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebAddress(url::Url);

impl FromStr for WebAddress {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        const SHAPE: Malformed =
            Malformed("Write the whole web address, beginning with https:// or http://.");
        const LONG: Malformed = Malformed("This web address is too long: at most 2,000 characters.");
        let text = text.trim();
        if text.len() > 2_000 {
            return Err(LONG);
        }
        let address = url::Url::parse(text).map_err(|_| SHAPE)?;
        // Its canonical spelling, in which letters of other scripts take up to nine characters each.
        if address.as_str().len() > 2_000 {
            return Err(LONG);
        }
        let web = matches!(address.scheme(), "http" | "https") && address.has_host();
        if !web || !address.username().is_empty() || address.password().is_some() {
            return Err(SHAPE);
        }
        Ok(Self(address))
    }
}

impl fmt::Display for WebAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

/// The shape of an ISO 3166-1 alpha-2 country code: two capital letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Country(String);

impl FromStr for Country {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let text = text.trim();
        if text.len() == 2 && text.bytes().all(|b| b.is_ascii_alphabetic()) {
            Ok(Self(text.to_ascii_uppercase()))
        } else {
            Err(Malformed("Write the two letters of the country's code: GB, IE, DE."))
        }
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_checked() {
        assert_eq!("A.B@Example.ORG".parse::<Email>().unwrap().to_string(), "A.B@example.org");
        for bad in ["", "a", "a@b", "a b@example.org", "Name <a@example.org>", "a@[127.0.0.1]"] {
            assert!(bad.parse::<Email>().is_err(), "{bad}");
        }
        assert!("https://example.org/ä?b=c".parse::<WebAddress>().is_ok());
        for bad in [
            "",
            "example.org",
            "javascript:alert(1)",
            "ftp://example.org",
            "https://u:p@example.org/",
            "data:text/html,x",
        ] {
            assert!(bad.parse::<WebAddress>().is_err(), "{bad}");
        }
        assert_eq!("gb".parse::<Country>().unwrap().to_string(), "GB");
    }
}

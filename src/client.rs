//! Where a request comes from. It must not be taken for who asks: many may share an address.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap, HeaderName};

/// The address that a request comes from: the word of a proxy that we trust, given in this header,
/// else the other end of the connection. `None` where neither is known.
///
/// What anybody before that proxy wrote into the header is of no account: it adds its own word at
/// the end of the last line, or as a line of its own behind the others.
#[must_use]
pub fn address(headers: &HeaderMap, extensions: &Extensions, told_in: Option<&HeaderName>) -> Option<IpAddr> {
    let told = told_in.and_then(|name| {
        let last = headers.get_all(name).iter().next_back()?.to_str().ok()?;
        read(last.rsplit(',').next()?.trim())
    });
    let connected = || extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(from)| from.ip());
    told.or_else(connected).map(|address| address.to_canonical())
}

/// An address as proxies write it: alone, in brackets, with a port.
fn read(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

/// Whose address it is: of IPv6, one customer has at least a /64 to draw from.
#[must_use]
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    const FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-for");

    fn of(lines: &[&str], trusted: bool) -> Option<String> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED, HeaderValue::from_str(line).unwrap());
        }
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::from(([10, 0, 0, 1], 5_000))));
        let found = address(&headers, &extensions, trusted.then_some(FORWARDED).as_ref());
        found.map(|address| address.to_string())
    }

    #[test]
    fn the_last_word_is_the_proxys() {
        for (lines, address) in [
            (&["192.0.2.1"][..], "192.0.2.1"),
            (&["127.0.0.1, 192.0.2.1"], "192.0.2.1"),
            (&["127.0.0.1", "192.0.2.1"], "192.0.2.1"),
            (&["127.0.0.1, 198.51.100.1", "127.0.0.1,192.0.2.1"], "192.0.2.1"),
            (&["192.0.2.1:4711"], "192.0.2.1"),
            (&["[2001:db8::1]:4711"], "2001:db8::1"),
            (&["[2001:db8::1]"], "2001:db8::1"),
            (&["2001:db8::1"], "2001:db8::1"),
            (&["::ffff:192.0.2.1"], "192.0.2.1"),
            // No word at all: the connection says it.
            (&["192.0.2.1, unknown"], "10.0.0.1"),
            (&["192.0.2.1,"], "10.0.0.1"),
            (&[], "10.0.0.1"),
        ] {
            assert_eq!(of(lines, true).as_deref(), Some(address), "{lines:?}");
            assert_eq!(of(lines, false).as_deref(), Some("10.0.0.1"), "{lines:?}");
        }
        assert_eq!(address(&HeaderMap::new(), &Extensions::new(), None), None);
    }

    #[test]
    fn a_customer_of_ipv6_is_one() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8:0:1::1"), of("2001:db8:0:1:ffff:ffff:ffff:ffff"));
        assert_ne!(of("2001:db8:0:1::1"), of("2001:db8:0:2::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }
}

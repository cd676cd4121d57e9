//! Who asks: the peer of the connection, or the client a trusted proxy forwards for.
//!
//! **Invariant:** a header decides who somebody is only if the peer is a trusted proxy, and
//! only as far to the left as everybody to the right is one.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use axum::http::{HeaderMap, HeaderName};

use crate::config::Network;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The address at the other end of a connection, put on each request by the listener.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

/// One client, as far as an address can tell: an IPv4 address, or the 64 bits of an IPv6
/// network, in which a client may choose any address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Client(u64);

/// Tells clients apart.
#[derive(Debug, Clone, Default)]
pub struct Clients {
    trusted: Vec<Network>,
}

impl Clients {
    /// Believes these proxies.
    #[must_use]
    pub fn new(trusted: Vec<Network>) -> Self {
        Self { trusted }
    }

    /// The client a connection belongs to; `None` for loopback and trusted proxies, behind
    /// which there may be many.
    #[must_use]
    pub fn of_connection(&self, peer: IpAddr) -> Option<Client> {
        (!is_loopback(peer) && !self.trusts(peer)).then(|| Client::from(peer))
    }

    /// The client that sent a request. Behind a trusted proxy it is the rightmost forwarded
    /// address that is not a trusted proxy; where there is none, or something else than an
    /// address comes first, the request is the peer's.
    #[must_use]
    pub fn of_request(&self, peer: IpAddr, headers: &HeaderMap) -> Option<Client> {
        if !self.trusts(peer) {
            return self.of_connection(peer);
        }
        for line in headers.get_all(FORWARDED_FOR).iter().rev() {
            // Bytes, since what a client says of itself may be anything.
            for hop in line.as_bytes().rsplit(|byte| *byte == b',') {
                let hop = hop_address(std::str::from_utf8(hop).ok()?.trim())?;
                if !self.trusts(hop) {
                    return Some(Client::from(hop));
                }
            }
        }
        None
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.contains(address))
    }
}

impl From<IpAddr> for Client {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            // Beside all networks: `0:ffff::/32` is given to nobody.
            IpAddr::V4(address) => Self(0xffff << 32 | u64::from(address.to_bits())),
            IpAddr::V6(address) => Self((address.to_bits() >> 64) as u64),
        }
    }
}

/// Loopback itself, not all of `127.0.0.0/8`.
fn is_loopback(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => address == Ipv4Addr::LOCALHOST,
        IpAddr::V6(address) => address == Ipv6Addr::LOCALHOST,
    }
}

/// An address as proxies write it: `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]:80`.
fn hop_address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    let whole = bare.unwrap_or(text).parse().ok();
    whole.or_else(|| text.parse::<std::net::SocketAddr>().ok().map(|address| address.ip()))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn client(peer: &str, forwarded: &[&[u8]]) -> Option<Client> {
        let clients =
            Clients::new(vec![Network::parse("10.0.0.0/8").unwrap(), Network::parse("fd00::/8").unwrap()]);
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(FORWARDED_FOR, HeaderValue::from_bytes(line).unwrap());
        }
        clients.of_request(peer.parse().unwrap(), &headers)
    }

    fn address(text: &str) -> Client {
        Client::from(text.parse::<IpAddr>().unwrap())
    }

    #[test]
    fn a_header_counts_only_behind_a_trusted_proxy() {
        for (peer, forwarded, expect) in [
            ("192.0.2.1", &["198.51.100.7"][..], Some(address("192.0.2.1"))),
            ("::ffff:192.0.2.1", &[], Some(address("192.0.2.1"))),
            ("10.0.0.1", &["198.51.100.7"], Some(address("198.51.100.7"))),
            ("::ffff:10.0.0.1", &["198.51.100.7"], Some(address("198.51.100.7"))),
            ("10.0.0.1", &["198.51.100.7:4711"], Some(address("198.51.100.7"))),
            ("fd00::1", &["[2001:db8::7]:4711"], Some(address("2001:db8::7"))),
            ("fd00::1", &["[2001:db8::7]"], Some(address("2001:db8::7"))),
            // What a client says of itself is to the left of what the proxies say.
            ("10.0.0.1", &["203.0.113.9, 198.51.100.7 ,10.2.2.2"], Some(address("198.51.100.7"))),
            (
                "10.0.0.1",
                &["203.0.113.9", "198.51.100.7", "10.2.2.2, fd00::9"],
                Some(address("198.51.100.7")),
            ),
            ("10.0.0.1", &["nonsense, 198.51.100.7"], Some(address("198.51.100.7"))),
            ("10.0.0.1", &["\u{e9}, 198.51.100.7"], Some(address("198.51.100.7"))),
            // Malformed, all trusted, nothing: the peer's, which is many.
            ("10.0.0.1", &["198.51.100.7, nonsense"], None),
            ("10.0.0.1", &["198.51.100.7,"], None),
            ("10.0.0.1", &["198.51.100.7, 10.0.0.256"], None),
            ("10.0.0.1", &["198.51.100.7, \u{e9}"], None),
            ("10.0.0.1", &["10.1.1.1"], None),
            ("10.0.0.1", &[], None),
            // Loopback is not one client, nor believed unless it is trusted.
            ("127.0.0.1", &["198.51.100.7"], None),
            ("::1", &["198.51.100.7"], None),
            ("127.0.0.2", &[], Some(address("127.0.0.2"))),
        ] {
            let lines: Vec<&[u8]> = forwarded.iter().map(|line| line.as_bytes()).collect();
            assert_eq!(client(peer, &lines), expect, "{peer} {forwarded:?}");
        }
        // Not even UTF-8.
        assert_eq!(client("10.0.0.1", &[b"\xff, 198.51.100.7"]), Some(address("198.51.100.7")));
    }

    #[test]
    fn a_network_of_64_bits_is_one_client() {
        assert_eq!(address("2001:db8::1"), address("2001:db8::ffff:1"));
        assert_ne!(address("2001:db8::1"), address("2001:db8:0:1::1"));
        assert_ne!(address("192.0.2.1"), address("192.0.2.2"));
    }
}

//! What people paste that is no word: transaction hashes, addresses, error codes, ticket
//! numbers, email addresses, links, a coin with its network.
//!
//! An author names in `entities:` what an article answers; what is found in a question leads
//! to these articles. Shapes of addresses and hashes are those of the chains' own documents
//! (hex for Ethereum and its kin, Base58 and Bech32 for Bitcoin, Base58 for Tron and Solana,
//! Base32 for Stellar, Base64 for TON).

use crate::text::{self, Span};

/// An entity in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What it is, the most exact name first: `address:tron`, `address`.
    pub names: Vec<String>,
    /// Where it stands.
    pub span: Span,
    /// It can be found as a word too, as a code can; a hash cannot.
    pub is_word: bool,
    /// It says where a question belongs, not what is asked: a coin's network.
    pub is_hint: bool,
}

/// The names an author can use, apart from `code:…`.
pub const NAMES: [&str; 14] = [
    "hash",
    "address",
    "address:bitcoin",
    "address:evm",
    "address:solana",
    "address:stellar",
    "address:ton",
    "address:tron",
    "address:xrp",
    "email",
    "link",
    "network",
    "ticket",
    "code",
];

/// Networks as they are written in questions, folded.
const NETWORKS: [&str; 19] = [
    "trc20",
    "erc20",
    "bep20",
    "bep2",
    "bsc",
    "trx",
    "tron",
    "ethereum",
    "solana",
    "sol",
    "spl",
    "polygon",
    "matic",
    "arbitrum",
    "avalanche",
    "avaxc",
    "omni",
    "brc20",
    "opbnb",
];

/// Coins as they are written in questions, folded.
const COINS: [&str; 16] = [
    "usdt", "usdc", "btc", "eth", "xrp", "xlm", "bnb", "doge", "ltc", "ada", "avax", "pol", "eos", "shib",
    "bch", "dai",
];

/// The name of an entity as authors write it, in the form in which it is compared; `None`
/// if there is no such entity.
#[must_use]
pub fn name(written: &str) -> Option<String> {
    let written = written.trim().to_ascii_lowercase();
    match written.strip_prefix("code:") {
        Some(code) => Some(format!("code:{}", code_key(code)?)),
        None => NAMES.contains(&written.as_str()).then_some(written),
    }
}

/// All entities in a text, by place.
#[must_use]
pub fn find(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let (mut has_coin, mut network) = (false, None);
    for span in chunks(text) {
        let chunk = text::slice(text, span);
        if let Some((names, is_word)) = classify(chunk) {
            found.push(Found {
                names: names.into_iter().map(str::to_owned).collect(),
                span,
                is_word,
                is_hint: false,
            });
        } else if let Some(code) = code(chunk) {
            found.push(Found {
                names: vec![format!("code:{code}"), "code".to_owned()],
                span,
                is_word: true,
                is_hint: false,
            });
        }
        for part in chunk.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').flat_map(spellings) {
            network = network.or_else(|| NETWORKS.contains(&part.as_str()).then_some(span));
            has_coin |= COINS.contains(&part.as_str());
        }
    }
    // What stands between the coin and its network is asked too: only the network is the entity.
    if let Some(span) = network.filter(|_| has_coin) {
        found.push(Found { names: vec!["network".to_owned()], span, is_word: true, is_hint: true });
    }
    found.sort_by_key(|found| (found.span.start, found.span.end));
    found
}

/// `TRC-20` is `trc20`; `USDT-TRC20` is also `usdt` and `trc20`.
fn spellings(part: &str) -> Vec<String> {
    let lower = part.to_ascii_lowercase();
    let mut spellings = vec![lower.replace('-', "")];
    if lower.contains('-') {
        spellings.extend(lower.split('-').map(str::to_owned));
    }
    spellings
}

/// Stretches of visible ASCII without the punctuation around them.
fn chunks(text: &str) -> impl Iterator<Item = Span> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text::from(text, at);
        let start = at + rest.find(|c: char| c.is_ascii_graphic())?;
        let rest = text::from(text, start);
        let end = start + rest.find(|c: char| !c.is_ascii_graphic()).unwrap_or(rest.len());
        at = end;
        let chunk = text::slice(text, Span::new(start, end));
        let inner = chunk.trim_matches(|c: char| c.is_ascii_punctuation() && !matches!(c, '#' | '-'));
        let start = start
            + (chunk.len()
                - chunk
                    .trim_start_matches(|c: char| c.is_ascii_punctuation() && !matches!(c, '#' | '-'))
                    .len());
        Some(Span::new(start, start + inner.len()))
    })
    .filter(|span| !span.is_empty())
}

/// What a chunk is by its shape alone, and whether it is a word too.
fn classify(chunk: &str) -> Option<(Vec<&'static str>, bool)> {
    let lower = chunk.to_ascii_lowercase();
    let all = |chunk: &str, is: fn(&u8) -> bool| chunk.as_bytes().iter().all(is);
    let is_hex = |chunk: &str| !chunk.is_empty() && all(chunk, u8::is_ascii_hexdigit);
    let length = chunk.len();
    if ["http://", "https://", "www."].iter().any(|start| lower.starts_with(start)) {
        return Some((vec!["link"], false));
    }
    if let Some((name, host)) = chunk.split_once('@') {
        let is_email = !name.is_empty() && host.contains('.') && !host.contains('@');
        return is_email.then(|| (vec!["email"], false));
    }
    if let Some(hex) = lower.strip_prefix("0x").filter(|hex| is_hex(hex)) {
        return match hex.len() {
            64 => Some((vec!["hash"], false)),
            40 => Some((vec!["address:evm", "address"], false)),
            // Cut off while it was copied.
            8.. => Some((vec!["hash", "address"], false)),
            _ => None,
        };
    }
    if length == 64 && is_hex(chunk) {
        return Some((vec!["hash"], false));
    }
    let digits = chunk.bytes().filter(u8::is_ascii_digit).count();
    if let Some(number) = chunk.strip_prefix('#') {
        return (number.len() >= 4 && digits == number.len()).then(|| (vec!["ticket"], false));
    }
    let prefix = length - chunk.trim_start_matches(|c: char| c.is_ascii_alphabetic()).len();
    if (1..=3).contains(&prefix) && length - prefix >= 7 && prefix + digits == length {
        return Some((vec!["ticket"], false));
    }
    address(chunk, &lower)
}

/// What address a chunk is by its alphabet, beginning and length.
fn address(chunk: &str, lower: &str) -> Option<(Vec<&'static str>, bool)> {
    let is_base58 = |b: u8| b.is_ascii_alphanumeric() && !matches!(b, b'0' | b'O' | b'I' | b'l');
    let is_mixed = chunk.bytes().any(|b| b.is_ascii_digit())
        && chunk.bytes().any(|b| b.is_ascii_uppercase())
        && chunk.bytes().any(|b| b.is_ascii_lowercase());
    let is_bech32 = |rest: &str| rest.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let kind = match (chunk.as_bytes().first()?, chunk.len()) {
        _ if lower
            .strip_prefix("bc1")
            .is_some_and(|rest| is_bech32(rest) && (11..=71).contains(&rest.len())) =>
        {
            "address:bitcoin"
        }
        (b'E' | b'U', 48)
            if chunk.as_bytes().get(1) == Some(&b'Q')
                && chunk.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')) =>
        {
            "address:ton"
        }
        (b'G', 56) if chunk.bytes().all(|b| b.is_ascii_uppercase() || matches!(b, b'2'..=b'7')) => {
            "address:stellar"
        }
        _ if !is_mixed || !chunk.bytes().all(is_base58) => return None,
        (b'T', 34) => "address:tron",
        (b'1' | b'3', 26..=35) => "address:bitcoin",
        (b'r', 25..=35) => "address:xrp",
        (_, 32..=44) => "address:solana",
        (_, 80..=90) => return Some((vec!["hash"], false)),
        _ => return None,
    };
    Some((vec![kind, "address"], false))
}

/// The form in which an error code is compared, if the chunk is one: three to five digits, or
/// letters and digits joined by `-`.
fn code(chunk: &str) -> Option<String> {
    let (letters, digits) = parts_of_code(chunk)?;
    let is_code = match letters.len() {
        0 => (3..=5).contains(&digits.len()),
        2..=6 => chunk.contains('-') && (2..=5).contains(&digits.len()) && !is_standard(letters),
        _ => false,
    };
    is_code.then(|| code_key(chunk)).flatten()
}

/// Names of standards look like codes.
fn is_standard(letters: &str) -> bool {
    ["erc", "trc", "bep", "brc", "eip", "bip", "utf", "sha", "covid"]
        .contains(&letters.to_ascii_lowercase().as_str())
}

fn code_key(code: &str) -> Option<String> {
    let (letters, digits) = parts_of_code(code.trim())?;
    Some(format!("{}{digits}", letters.to_ascii_lowercase()))
}

/// The letters and digits of `KYC-107`, `-1021` or `429`.
fn parts_of_code(code: &str) -> Option<(&str, &str)> {
    let start = code.find(|c: char| c.is_ascii_digit())?;
    let digits = text::from(code, start);
    let letters = text::upto(code, start).trim_end_matches('-');
    let is_plain =
        digits.bytes().all(|b| b.is_ascii_digit()) && letters.bytes().all(|b| b.is_ascii_alphabetic());
    is_plain.then_some((letters, digits))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expect: &[(&str, &str)]) {
        let found = find(text);
        let named: Vec<_> =
            found.iter().map(|found| (found.names[0].as_str(), text::slice(text, found.span))).collect();
        assert_eq!(named, expect, "{text}");
    }

    #[test]
    fn what_is_pasted_is_recognized() {
        let hash = format!("0x{}", "9f".repeat(32));
        check(&format!("哈希{hash}，没到账"), &[("hash", &hash)]);
        check(&"9F".repeat(32), &[("hash", &"9F".repeat(32))]);
        let evm = format!("0x{}", "aB".repeat(20));
        check(&format!("<{evm}>"), &[("address:evm", &evm)]);
        check(
            "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8",
            &[("address:tron", "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8")],
        );
        check(
            "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq?",
            &[("address:bitcoin", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq")],
        );
        check("rEb8TK3gBgk5auZkwc6sHnwrGVJH8DuaLh", &[("address:xrp", "rEb8TK3gBgk5auZkwc6sHnwrGVJH8DuaLh")]);
        check("me@example.com 收不到", &[("email", "me@example.com")]);
        check("(https://exa-mple.com/login)", &[("link", "https://exa-mple.com/login")]);
        check("工单 T2026110312 #48213", &[("ticket", "T2026110312"), ("ticket", "#48213")]);
        check("错误 -1021 和 KYC-107", &[("code:1021", "-1021"), ("code:kyc107", "KYC-107")]);
        check("429 Too Many", &[("code:429", "429")]);
        check("USDT-TRC20 网络", &[("network", "USDT-TRC20")]);
        check("usdt 提到 erc-20 失败", &[("network", "erc-20")]);
    }

    #[test]
    fn words_are_left_alone() {
        for text in [
            "提币失败",
            "ERC-20",
            "USDT",
            "2FA",
            "how do I withdraw 10000.50",
            "a@b",
            "#1",
            "Supercalifragilisticexpialidocious",
            "24h",
            "iPhone15",
            "0xzz",
        ] {
            check(text, &[]);
        }
    }

    #[test]
    fn authors_names_are_compared_as_questions_are() {
        assert_eq!(name("code:-1021").as_deref(), Some("code:1021"));
        assert_eq!(name(" Code:KYC-107 ").as_deref(), Some("code:kyc107"));
        assert_eq!(name("address:TRON").as_deref(), Some("address:tron"));
        assert_eq!(name("address:dogecoin"), None);
        assert_eq!(name("code:abc"), None);
    }

    proptest! {
        #[test]
        fn spans_lie_in_the_text(text in "\\PC{0,60}|[0x1aTbc#@. -提]{0,80}") {
            for found in find(&text) {
                prop_assert!(!found.names.is_empty());
                prop_assert!(!text::slice(&text, found.span).is_empty());
            }
        }
    }
}

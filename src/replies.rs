//! Replies to what is asked again and again, ready to be sent: on a bad day most of a help
//! center's readers ask the same few questions.
//!
//! **Invariant:** replies belong to one generation and are gone with it, and all of them
//! together, with the requests they belong to, are never larger than `CAPACITY`.

use std::io::Write;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::search::SearchRequest;

/// What all replies of a generation may take, in bytes of bodies and requests.
const CAPACITY: u64 = 16 << 20;
/// What a reply is taken for while the cache is made.
const ESTIMATED: usize = 4 << 10;
/// What a reply takes besides texts and bodies.
const OVERHEAD: usize = 512;

/// The replies of one generation that are asked for most.
#[derive(Debug)]
pub struct Replies(Cache<SearchRequest, Arc<Reply>, Weight>);

/// The body of a reply, and the same compressed once somebody wants it so.
#[derive(Debug)]
pub struct Reply {
    body: Bytes,
    gzip: OnceLock<Bytes>,
}

#[derive(Debug, Clone)]
struct Weight;

impl Weighter<SearchRequest, Arc<Reply>> for Weight {
    fn weight(&self, request: &SearchRequest, reply: &Arc<Reply>) -> u64 {
        let texts = [Some(request.query()), request.category(), request.tag()];
        let texts: usize = texts.into_iter().flatten().map(str::len).sum();
        // JSON shrinks to less than half.
        (OVERHEAD + texts + reply.body.len() + reply.body.len() / 2) as u64
    }
}

impl Default for Replies {
    fn default() -> Self {
        let items = usize::try_from(CAPACITY).unwrap_or(usize::MAX) / ESTIMATED;
        Self(Cache::with_weighter(items, CAPACITY, Weight))
    }
}

impl Replies {
    /// The reply to a request that was answered before.
    #[must_use]
    pub fn get(&self, request: &SearchRequest) -> Option<Arc<Reply>> {
        self.0.get(request)
    }

    /// Keeps a reply.
    pub fn keep(&self, request: SearchRequest, reply: &Arc<Reply>) {
        self.0.insert(request, Arc::clone(reply));
    }
}

impl Reply {
    /// A reply with this body.
    #[must_use]
    pub fn new(body: Vec<u8>) -> Arc<Self> {
        Arc::new(Self { body: exact(body), gzip: OnceLock::new() })
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> Bytes {
        self.body.clone()
    }

    /// The body as gzip (RFC 1952), at the level that costs least: the first reader waits for
    /// it, and a third of the size is reached at once.
    #[must_use]
    pub fn gzip(&self) -> Bytes {
        self.gzip.get_or_init(|| exact(compress(&self.body))).clone()
    }
}

/// As many bytes as there are: a vector has room for more, which would be kept with it.
fn exact(body: Vec<u8>) -> Bytes {
    body.into_boxed_slice().into()
}

fn compress(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 2), Compression::fast());
    let written = encoder.write_all(body).and_then(|()| encoder.finish());
    written.expect("a buffer in memory takes what is written")
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn request(query: &str) -> SearchRequest {
        SearchRequest::new(query).expect("a short query")
    }

    #[test]
    fn a_reply_is_kept_for_the_very_request() {
        let replies = Replies::default();
        replies.keep(request("a"), &Reply::new(b"[1]".to_vec()));
        assert_eq!(replies.get(&request("a")).expect("it was kept").body(), "[1]");
        assert!(replies.get(&request("b")).is_none());
        let other = request("a").with_page(2, 10).expect("a page in bounds");
        assert!(replies.get(&other).is_none());
    }

    #[test]
    fn what_is_compressed_is_the_body() {
        let body = "提币手续费".repeat(100);
        let reply = Reply::new(body.clone().into_bytes());
        let mut text = String::new();
        flate2::read::GzDecoder::new(reply.gzip().as_ref()).read_to_string(&mut text).expect("it is gzip");
        assert_eq!(text, body);
        assert!(reply.gzip().len() < body.len() / 2);
    }

    /// What of the memory of requests and replies can be seen from here, in bytes.
    fn seen(replies: &Replies) -> usize {
        let of_text = |text: Option<&str>| text.map_or(0, str::len);
        let of_pair = |(request, reply): (SearchRequest, Arc<Reply>)| {
            let texts = request.query().len() + of_text(request.category()) + of_text(request.tag());
            size_of::<SearchRequest>() + size_of::<Reply>() + texts + reply.body.len() + reply.gzip().len()
        };
        replies.0.iter().map(of_pair).sum()
    }

    #[test]
    fn memory_is_bounded() {
        let fill = |request: &dyn Fn(String) -> SearchRequest, length: usize| {
            let replies = Replies::default();
            for number in 0..4_000 {
                replies.keep(request(number.to_string()), &Reply::new(vec![b'x'; length]));
            }
            let (seen, kept) = (seen(&replies) as u64, replies.0.len());
            assert!(seen <= CAPACITY, "{seen} bytes in {kept} replies");
            assert!(seen > CAPACITY / 3, "only {seen} bytes in {kept} replies");
        };
        let long = |number: String| number + &"x".repeat(8_000);
        fill(&|number| request(&number), 20_000);
        fill(&|number| request(&number).with_category(Some(long(number))), 300);
        fill(&|number| request(&number).with_tag(Some(long(number))), 300);
    }

    #[test]
    fn a_reply_is_as_large_as_its_body() {
        let mut body = Vec::with_capacity(16 << 10);
        body.extend_from_slice(b"[1]");
        let body = Arc::into_inner(Reply::new(body)).unwrap().body;
        assert_eq!(body.try_into_mut().unwrap().capacity(), 3);
    }
}

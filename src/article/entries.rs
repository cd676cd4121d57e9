//! The entries of a front matter block, from YAML or TOML alike: key, value, and where both
//! stand. Scalars keep the form in which they were written (`007`, `1.10`, `no`).

use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;
use toml::de::{DeTable, DeValue};

use super::broken_yaml::{self, Broken};
use super::plain_yaml;
use crate::text::{self, Span};

/// A string and where it stands in the file.
pub(crate) type Placed = (String, Span);

/// A scalar as written, a list of such scalars, or anything else.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Value {
    Scalar(String),
    List(Vec<Placed>),
    Null,
    Other,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) key: Placed,
    pub(super) value: Value,
    pub(super) span: Span,
}

impl Entry {
    /// Moves all spans, from the block to the file it stands in.
    pub(super) fn shift(&mut self, by: usize) {
        let list: &mut [Placed] = match &mut self.value {
            Value::List(items) => items,
            _ => &mut [],
        };
        let spans = list.iter_mut().map(|(_, span)| span).chain([&mut self.key.1, &mut self.span]);
        for span in spans {
            *span = Span::new(span.start + by, span.end + by);
        }
    }
}

/// Reads a TOML block.
pub(super) fn toml_entries(source: &str) -> Result<Vec<Entry>, Broken> {
    let table = DeTable::parse(source).map_err(|error| broken_yaml::of_toml(&error))?;
    let span = |range: Range<usize>| Span::new(range.start, range.end);
    let scalar = |value: &toml::Spanned<DeValue<'_>>| match value.get_ref() {
        DeValue::String(string) => Some(string.to_string()),
        DeValue::Array(_) | DeValue::Table(_) => None,
        _ => Some(text::slice(source, span(value.span())).to_owned()),
    };
    Ok(table
        .get_ref()
        .iter()
        .map(|(key, value)| Entry {
            key: (key.get_ref().to_string(), span(key.span())),
            span: span(value.span()),
            value: match value.get_ref() {
                DeValue::Table(_) => Value::Other,
                DeValue::Array(items) => {
                    match items.iter().map(|item| Some((scalar(item)?, span(item.span())))).collect() {
                        Some(list) => Value::List(list),
                        None => Value::Other,
                    }
                }
                _ => scalar(value).map_or(Value::Other, Value::Scalar),
            },
        })
        .collect())
}

/// Reads a YAML block.
pub(super) fn yaml_entries(source: &str) -> Result<Vec<Entry>, Broken> {
    plain_yaml::entries(source).map_or_else(|| any_yaml_entries(source), Ok)
}

/// Reads a YAML block with all that YAML has.
fn any_yaml_entries(source: &str) -> Result<Vec<Entry>, Broken> {
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! { max_nodes: 1_000, max_depth: 16, max_aliases: 0 },
        with_snippet: false,
    };
    // Three hashes cannot close a YAML document, so a block of comments or blanks is an empty mapping.
    if source.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
        return Ok(Vec::new());
    }
    let mapping: YamlMapping = serde_saphyr::from_str_with_options(source, options).map_err(|error| {
        let range = error.location().map_or(0..0, |location| range_of(source, location));
        let message = error.without_snippet().to_string();
        // Its own line and column count from the block; ours count from the file.
        let message = message.lines().next().unwrap_or_default();
        let message = message.split(" at line ").next().unwrap_or(message);
        broken_yaml::explain(source, range, message.trim_end_matches([',', ':', ' ']))
    })?;
    let span = |location| {
        let range = range_of(source, location);
        Span::new(range.start, range.end)
    };
    // A number, boolean or date keeps the form in which it was written.
    let scalar = |node: &Spanned<YamlNode>| match &node.value {
        YamlNode::String(string) => Some(string.clone()),
        YamlNode::Plain => Some(text::slice(source, span(node.defined)).trim().to_owned()),
        _ => None,
    };
    Ok(mapping
        .0
        .iter()
        .map(|(key, node)| Entry {
            key: (key.value.clone(), span(key.defined)),
            span: span(node.defined),
            value: match &node.value {
                YamlNode::Null => Value::Null,
                YamlNode::Mapping => Value::Other,
                YamlNode::List(items) => {
                    match items.iter().map(|item| Some((scalar(item)?, span(item.defined)))).collect() {
                        Some(list) => Value::List(list),
                        None => Value::Other,
                    }
                }
                YamlNode::String(_) | YamlNode::Plain => scalar(node).map_or(Value::Other, Value::Scalar),
            },
        })
        .collect())
}

fn range_of(source: &str, location: serde_saphyr::Location) -> Range<usize> {
    let span = location.span();
    let index = |value: u64| usize::try_from(value).unwrap_or(usize::MAX);
    if let (Some(start), Some(len)) = (span.byte_offset(), span.byte_len()) {
        let start = index(start);
        return start..start.saturating_add(index(len));
    }
    let line_start: usize =
        source.split_inclusive('\n').take(index(location.line()).saturating_sub(1)).map(str::len).sum();
    let columns = index(location.column()).saturating_sub(1);
    let start =
        line_start + text::from(source, line_start).chars().take(columns).map(char::len_utf8).sum::<usize>();
    start..start + 1
}

/// The keys of a YAML mapping in their order.
struct YamlMapping(Vec<(Spanned<String>, Spanned<YamlNode>)>);

enum YamlNode {
    String(String),
    /// A number or a boolean; its span has the text.
    Plain,
    Null,
    List(Vec<Spanned<YamlNode>>),
    Mapping,
}

impl<'de> Deserialize<'de> for YamlMapping {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = YamlMapping;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`key: value` lines")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<YamlMapping, A::Error> {
                let mut entries = Vec::new();
                while let Some(key) = map.next_key()? {
                    entries.push((key, map.next_value()?));
                }
                Ok(YamlMapping(entries))
            }
        }
        deserializer.deserialize_map(Keys)
    }
}

impl<'de> Deserialize<'de> for YamlNode {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Node;
        impl<'de> Visitor<'de> for Node {
            type Value = YamlNode;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }
            fn visit_bool<E>(self, _: bool) -> Result<YamlNode, E> {
                Ok(YamlNode::Plain)
            }
            fn visit_i64<E>(self, _: i64) -> Result<YamlNode, E> {
                Ok(YamlNode::Plain)
            }
            fn visit_u64<E>(self, _: u64) -> Result<YamlNode, E> {
                Ok(YamlNode::Plain)
            }
            fn visit_i128<E>(self, _: i128) -> Result<YamlNode, E> {
                Ok(YamlNode::Plain)
            }
            fn visit_u128<E>(self, _: u128) -> Result<YamlNode, E> {
                Ok(YamlNode::Plain)
            }
            fn visit_f64<E>(self, _: f64) -> Result<YamlNode, E> {
                Ok(YamlNode::Plain)
            }
            fn visit_str<E>(self, value: &str) -> Result<YamlNode, E> {
                Ok(YamlNode::String(value.to_owned()))
            }
            fn visit_unit<E>(self) -> Result<YamlNode, E> {
                Ok(YamlNode::Null)
            }
            fn visit_none<E>(self) -> Result<YamlNode, E> {
                Ok(YamlNode::Null)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<YamlNode, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(YamlNode::List(items))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<YamlNode, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(YamlNode::Mapping)
            }
        }
        deserializer.deserialize_any(Node)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Where a list as a whole stands is nobody's question.
    fn comparable(entries: Vec<Entry>) -> Vec<(Placed, Value, Option<Span>)> {
        let span = |entry: &Entry| (!matches!(entry.value, Value::List(_))).then_some(entry.span);
        entries
            .into_iter()
            .map(|entry| (entry.key.clone(), span(&entry), entry.value))
            .map(|(key, span, value)| (key, value, span))
            .collect()
    }

    fn is_the_same(source: &str) -> bool {
        let Some(plain) = plain_yaml::entries(source) else { return false };
        let any = any_yaml_entries(source).unwrap_or_else(|broken| panic!("{broken:?} in {source:?}"));
        assert_eq!(comparable(plain), comparable(any), "{source:?}");
        true
    }

    #[test]
    fn usual_front_matter_is_plain_and_says_the_same() {
        for source in [
            "title: 提币失败怎么办？\nsummary: \"先看: 代码\"\norder: 007\nupdated: 2026-09-18\n",
            "tags: [提币, '失败',  2FA ,1.10]\nquestions:\n  - 币提不出来\n  - \"怎么: 办\"\nrelated: []\n",
            "questions:\n- a\n- b c\n\ntitle: it's 10,000.50 (a) [b]\nid: a/b-c\n",
            "title: x   \ntags:   [a]\n",
        ] {
            assert!(is_the_same(source), "{source:?}");
        }
    }

    #[test]
    fn anything_unusual_is_left_to_the_library() {
        for source in [
            "title: a: b\n",
            "title: a #b\n",
            "title: |\n  text\n",
            "title: a\n  b\n",
            "title:\n",
            "title: ~\n",
            "title: null\n",
            "title: x\ntitle: y\n",
            "title: \"a\\n\"\n",
            "title: *a\n",
            "order: [1]\n",
            "tags: [a: b]\n",
            "tags: [[a]]\n",
            "tags: [a\n  b]\n",
            "questions:\n  - a\n    b\n",
            "questions:\n  - - a\n",
            "questions:\n  - a: b\n",
            "# title: a\n",
            "Title: a\n",
            "just text\n",
        ] {
            assert!(!is_the_same(source), "{source:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_plain_reads_the_same(source in "((title|order|tags|questions|id|x_y): {0,2}(\\PC{0,12}|[a-z0-9:#\"'\\[\\], .~<>|*&!%@`?=+{}-]{0,14}|\\[[a-z0-9'\", ]{0,12}\\]|\n {0,2}- [a-z0-9'\" :#-]{1,8}(\n {0,3}- [a-z ]{1,5})?)\n){0,4}") {
            let _ = is_the_same(&source);
        }
    }
}

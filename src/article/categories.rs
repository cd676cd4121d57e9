//! `categories.toml`: names, descriptions and order of the categories.
//!
//! ```toml
//! [[categories]]
//! id = "account"
//! order = 10
//! name = { zh = "账户与登录", en = "Account and login", ko = "계정·로그인" }
//! description = { zh = "注册、登录、密码" }
//! ```
//!
//! A category that the file does not name is shown by its id, behind the named ones.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::diagnostic::{Code, Diagnostic};
use crate::lang::Lang;
use crate::text::Span;

/// The categories in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Categories(Vec<Category>);

/// One category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// The folder's path.
    pub id: String,
    /// Place among the categories; lower comes first.
    #[serde(default)]
    pub order: i32,
    /// What readers see, by language.
    #[serde(default)]
    pub name: BTreeMap<Lang, String>,
    /// One sentence, by language.
    #[serde(default)]
    pub description: BTreeMap<Lang, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    categories: Vec<Category>,
}

impl Category {
    /// The name for a reader, by the languages it reads, else Chinese, else the id.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        pick(&self.name, lang).unwrap_or(&self.id)
    }

    /// The description for a reader, if there is one in a language it reads.
    #[must_use]
    pub fn description(&self, lang: Lang) -> Option<&str> {
        lang.readable().iter().find_map(|lang| self.description.get(lang)).map(String::as_str)
    }
}

fn pick(names: &BTreeMap<Lang, String>, lang: Lang) -> Option<&str> {
    lang.readable().iter().chain(&[Lang::Zh, Lang::En]).find_map(|lang| names.get(lang)).map(String::as_str)
}

impl Categories {
    /// Reads the file; a file that does not parse is one diagnostic and no categories.
    #[must_use]
    pub fn parse(path: &str, source: &str) -> (Self, Vec<Diagnostic>) {
        match toml::from_str::<File>(source) {
            Ok(File { mut categories }) => {
                categories.sort_by(|a, b| a.order.cmp(&b.order).then_with(|| a.id.cmp(&b.id)));
                let mut diagnostics = Vec::new();
                let mut seen = std::collections::BTreeSet::new();
                categories.retain(|category| {
                    let is_new = seen.insert(category.id.clone());
                    if !is_new {
                        let message = format!("the category `{}` stands here twice", category.id);
                        diagnostics.push(Diagnostic::of_file(Code::Categories, path, message));
                    }
                    is_new
                });
                (Self(categories), diagnostics)
            }
            Err(error) => {
                let span = error.span().unwrap_or_default();
                let span = Span::new(span.start, span.end);
                (Self::default(), vec![Diagnostic::at(Code::Categories, path, source, span, error.message())])
            }
        }
    }

    /// The categories in order.
    pub fn iter(&self) -> impl Iterator<Item = &Category> {
        self.0.iter()
    }

    /// A category by id.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Category> {
        self.0.iter().find(|category| category.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fall_back_from_language_to_language() {
        let (categories, diagnostics) = Categories::parse(
            "categories.toml",
            "[[categories]]\nid='b'\norder=2\n[[categories]]\nid='a'\norder=1\nname={zh='账户',en='Account'}\n",
        );
        assert!(diagnostics.is_empty());
        assert_eq!(categories.iter().map(|category| category.id.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        let a = categories.find("a").unwrap();
        assert_eq!((a.name(Lang::ZhHant), a.name(Lang::En), a.name(Lang::Ko)), ("账户", "Account", "账户"));
        assert_eq!(categories.find("b").unwrap().name(Lang::Ko), "b");
    }

    #[test]
    fn mistakes_are_named() {
        let (_, diagnostics) = Categories::parse("categories.toml", "[[categories]]\nid='a'\nnam={}\n");
        assert_eq!(diagnostics[0].place.as_ref().map(|place| place.line), Some(3));
        let (_, diagnostics) =
            Categories::parse("categories.toml", "[[categories]]\nid='a'\n[[categories]]\nid='a'\n");
        assert_eq!(diagnostics.len(), 1);
    }
}

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
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::diagnostic::{Code, Diagnostic};
use super::settings::{self, Mistakes};
use crate::lang::Lang;

/// The categories in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Categories(Vec<Category>);

/// One category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category {
    /// The folder's path.
    pub id: String,
    /// Place among the categories; lower comes first.
    pub order: i32,
    /// What readers see, by language.
    pub name: BTreeMap<Lang, String>,
    /// One sentence, by language.
    pub description: BTreeMap<Lang, String>,
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

fn order(value: &Spanned<DeValue<'_>>) -> Option<i32> {
    value.get_ref().as_integer().and_then(|number| i32::from_str_radix(number.as_str(), number.radix()).ok())
}

/// A text for each language.
fn by_lang(entry: &DeTable<'_>, key: &str, mistakes: &mut Mistakes<'_>) -> BTreeMap<Lang, String> {
    let mut texts = BTreeMap::new();
    let Some(value) = entry.get(key) else { return texts };
    let Some(table) = value.get_ref().as_table() else {
        let help = format!("write `{key} = {{ zh = \"…\", en = \"…\" }}`");
        mistakes.add(value.span(), format!("`{key}` has a text for each language"), Some(help));
        return texts;
    };
    for (tag, text) in table {
        match (Lang::from_exact_tag(tag.get_ref()), text.get_ref().as_str()) {
            (None, _) => {
                let message = format!("`{}` is none of the languages zh, zh-Hant, en and ko", tag.get_ref());
                mistakes.add(tag.span(), message, None);
            }
            (_, None) => mistakes.add(text.span(), "must be a text in quotes", None),
            (Some(lang), Some(text)) => {
                texts.insert(lang, text.to_owned());
            }
        }
    }
    texts
}

impl Categories {
    /// Reads the file. What is wrong is named and left out, the rest is used; a file that is no
    /// TOML has no categories.
    #[must_use]
    pub fn parse(path: &str, source: &str) -> (Self, Vec<Diagnostic>) {
        let table = match settings::table(path, source) {
            Ok(table) => table,
            Err(diagnostics) => return (Self::default(), diagnostics),
        };
        let mut mistakes = Mistakes::new(Code::Categories, path, source);
        let mut categories: Vec<Category> = Vec::new();
        for (entry, span) in settings::entries(table.get_ref(), "categories", &mut mistakes) {
            settings::unknown_keys(entry, &["id", "order", "name", "description"], &mut mistakes);
            let id = entry.get("id").and_then(|id| id.get_ref().as_str()).unwrap_or_default();
            if id.trim().is_empty() {
                mistakes.add(span, "a category without an `id` is left out", None);
                continue;
            }
            if categories.iter().any(|category| category.id == id) {
                mistakes.add(span, format!("the category `{id}` stands here twice, the first is used"), None);
                continue;
            }
            let order = entry.get("order").map_or(Some(0), order);
            if let (None, Some(value)) = (order, entry.get("order")) {
                mistakes.add(value.span(), "`order` must be a whole number", None);
            }
            categories.push(Category {
                id: id.to_owned(),
                order: order.unwrap_or_default(),
                name: by_lang(entry, "name", &mut mistakes),
                description: by_lang(entry, "description", &mut mistakes),
            });
        }
        categories.sort_by(|a, b| a.order.cmp(&b.order).then_with(|| a.id.cmp(&b.id)));
        (Self(categories), mistakes.finish())
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
    fn a_mistake_costs_what_it_stands_in_and_all_are_named() {
        let source = "[[categories]]\nid='a'\nnme={zh='x'}\norder='1'\n[[categories]]\nid='b'\nname={zh='名',jp='y',en=3}\n\
            [[categories]]\nid='a'\n[[categories]]\norder=1\n[[category]]\n";
        let (categories, diagnostics) = Categories::parse("categories.toml", source);
        assert_eq!(
            categories.iter().map(|category| category.name(Lang::Zh)).collect::<Vec<_>>(),
            ["a", "名"]
        );
        let mut said: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
        said.sort();
        assert_eq!(
            said,
            [
                "categories.toml:10:1: warning[categories]: a category without an `id` is left out",
                "categories.toml:12:3: warning[categories]: unknown key `category`: it is not read",
                "categories.toml:3:1: warning[categories]: unknown key `nme`: it is not read",
                "categories.toml:4:7: warning[categories]: `order` must be a whole number",
                "categories.toml:7:14: warning[categories]: `jp` is none of the languages zh, zh-Hant, en and ko",
                "categories.toml:7:24: warning[categories]: must be a text in quotes",
                "categories.toml:8:1: warning[categories]: the category `a` stands here twice, the first is used",
            ]
        );
        assert_eq!(
            diagnostics.iter().find_map(|d| d.help.as_deref()),
            Some("entries begin with `[[categories]]`")
        );
    }

    #[test]
    fn a_file_that_is_no_toml_is_an_error_at_every_place() {
        let (categories, diagnostics) =
            Categories::parse("categories.toml", "[[categories]\nid='a'\n[[categories]]\nid=\n");
        assert_eq!(categories, Categories::default());
        let lines: Vec<_> =
            diagnostics.iter().map(|d| (d.code, d.place.as_ref().map(|place| place.line))).collect();
        assert_eq!(lines, [(Code::SettingsSyntax, Some(1)), (Code::SettingsSyntax, Some(4))]);
    }
}

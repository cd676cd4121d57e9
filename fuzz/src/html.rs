//! Reads the HTML of a section once more, as a browser might, and trusts nothing in it.

/// The elements that may be there, with their attributes.
const ELEMENTS: [(&str, &[&str]); 32] = [
    ("a", &["href", "title"]),
    ("aside", &["class"]),
    ("blockquote", &["class"]),
    ("br", &[]),
    ("code", &["class"]),
    ("dd", &[]),
    ("del", &[]),
    ("div", &["class", "id"]),
    ("dl", &[]),
    ("dt", &[]),
    ("em", &[]),
    ("h1", &[]),
    ("h2", &[]),
    ("hr", &[]),
    ("img", &["src", "alt", "title", "loading", "decoding"]),
    ("input", &["disabled", "type", "checked"]),
    ("li", &[]),
    ("ol", &["start"]),
    ("p", &["class"]),
    ("pre", &[]),
    ("strong", &[]),
    ("sub", &[]),
    ("sup", &["class", "id"]),
    ("table", &[]),
    ("tbody", &[]),
    ("td", &["style"]),
    ("tfoot", &[]),
    ("th", &["style"]),
    ("thead", &[]),
    ("tr", &[]),
    ("ul", &[]),
    ("span", &["class"]),
];
/// Those without an end.
const VOID: [&str; 4] = ["br", "hr", "img", "input"];

/// Every element is known and closed in order, every attribute is known and quoted, every
/// address is `http`, `https`, `mailto` or our own.
///
/// # Errors
/// What is not so.
pub fn check(html: &str) -> Result<(), String> {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = html;
    while let Some((_, tag)) = rest.split_once('<') {
        let end = tag_end(tag).ok_or_else(|| "a tag without an end".to_owned())?;
        let (inside, behind) = (&tag[..end], &tag[end + 1..]);
        rest = behind;
        if let Some(name) = inside.strip_prefix('/') {
            match open.pop() {
                Some(last) if last == name => continue,
                last => return Err(format!("</{name}> closes {last:?}")),
            }
        }
        let inside = inside.strip_suffix('/').unwrap_or(inside);
        let (name, attributes) = inside.trim_end().split_once(' ').unwrap_or((inside.trim_end(), ""));
        let known = ELEMENTS.iter().find(|(known, _)| *known == name);
        let (_, allowed) = known.ok_or_else(|| format!("<{name}>"))?;
        check_attributes(name, attributes, allowed)?;
        if !VOID.contains(&name) {
            open.push(name);
        }
    }
    if open.is_empty() { Ok(()) } else { Err(format!("{open:?} stay open")) }
}

/// Where the `>` is that ends a tag: not within quotes.
fn tag_end(tag: &str) -> Option<usize> {
    let mut quoted = false;
    tag.bytes().position(|byte| {
        quoted ^= byte == b'"';
        byte == b'>' && !quoted
    })
}

fn check_attributes(element: &str, attributes: &str, allowed: &[&str]) -> Result<(), String> {
    let mut rest = attributes.trim();
    while !rest.is_empty() {
        let name_end = rest.find(['=', ' ']).unwrap_or(rest.len());
        let name = &rest[..name_end];
        if !allowed.contains(&name) {
            return Err(format!("`{name}` in <{element}>"));
        }
        rest = rest[name_end..].trim_start();
        let Some(value) = rest.strip_prefix('=') else { continue };
        let value = value.strip_prefix('"').ok_or_else(|| format!("`{name}` without quotes"))?;
        let (value, behind) = value.split_once('"').ok_or_else(|| format!("`{name}` is open"))?;
        rest = behind.trim_start();
        if value.contains('<') {
            return Err(format!("`<` in `{name}`"));
        }
        match name {
            "href" | "src" => address(value)?,
            "style" if !matches!(value, "text-align: left" | "text-align: center" | "text-align: right") => {
                return Err(format!("style {value}"));
            }
            _ => {}
        }
    }
    Ok(())
}

/// An address as a browser reads it: controls and blanks before the scheme do not count.
fn address(value: &str) -> Result<(), String> {
    let value = value.replace("&amp;", "&").replace("&#x27;", "'").replace("&quot;", "\"");
    let bare: String = value.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect();
    let before = bare.split(['/', '?', '#']).next().unwrap_or_default();
    match before.split_once(':') {
        None => Ok(()),
        Some((scheme, _)) if ["http", "https", "mailto"].contains(&scheme.to_ascii_lowercase().as_str()) => {
            Ok(())
        }
        Some(_) => Err(format!("address {value}")),
    }
}

//! The colors of the pages, light and dark, made from one accent color.
//!
//! A site names one color. Where it is text or an outline it is made darker (on light pages)
//! or lighter (on dark ones) until it can be read; where it fills a button it stays as it
//! is, with black or white on it.
//!
//! **Invariant:** every text has a contrast of at least [`TEXT`] to what lies behind it,
//! whatever the accent color; a test tries.

use std::fmt::Write;
use std::str::FromStr;

use sha2::{Digest, Sha256};

use crate::text;

/// Least contrast of text (WCAG 2.2, 1.4.3).
pub const TEXT: f64 = 4.5;
/// Least contrast of the accent color as text, light and dark: on dark pages the least that
/// can be read looks dull.
const ACCENT: [f64; 2] = [TEXT, 6.5];
/// A fill that is nearer to white than this is not seen as a button.
const VISIBLE: f64 = 1.3;
/// What an accent color must be.
pub const EXPECTS: &str = "a color such as #0f6b5c, dark enough to be seen on white";

const WHITE: Color = Color([255, 255, 255]);
/// One of the two has at least 4.58 to any color; anything softer than black would not.
const BLACK: Color = Color([0, 0, 0]);

/// Names of custom properties, light, dark. The accent and what is mixed from it is added.
const PALETTE: [(&str, Color, Color); 17] = [
    ("paper", WHITE, Color([0x14, 0x16, 0x16])),
    ("sheet", WHITE, Color([0x1c, 0x1f, 0x1f])),
    ("wash", Color([0xf6, 0xf7, 0xf6]), Color([0x1a, 0x1d, 0x1d])),
    ("ink", Color([0x19, 0x1c, 0x1b]), Color([0xe9, 0xeb, 0xe9])),
    ("soft", Color([0x5a, 0x61, 0x5e]), Color([0xa3, 0xab, 0xa7])),
    ("line", Color([0xe3, 0xe6, 0xe4]), Color([0x30, 0x35, 0x34])),
    ("line-strong", Color([0x84, 0x8c, 0x88]), Color([0x75, 0x7d, 0x7a])),
    ("code", Color([0xf1, 0xf3, 0xf2]), Color([0x25, 0x29, 0x29])),
    ("mark", Color([0xff, 0xee, 0xb0]), Color([0x55, 0x49, 0x17])),
    ("mark-ink", Color([0x19, 0x1c, 0x1b]), Color([0xff, 0xf4, 0xd2])),
    ("selection", Color([0xcf, 0xe4, 0xff]), Color([0x28, 0x47, 0x6e])),
    ("shadow", Color([0xd9, 0xdd, 0xdb]), Color([0x08, 0x09, 0x09])),
    ("note", Color([0x2b, 0x5c, 0x95]), Color([0x8f, 0xbb, 0xf0])),
    ("tip", Color([0x1a, 0x6b, 0x45]), Color([0x7d, 0xcf, 0xa4])),
    ("important", Color([0x69, 0x4c, 0xa0]), Color([0xc3, 0xad, 0xf2])),
    ("warning", Color([0x87, 0x55, 0x00]), Color([0xe8, 0xb8, 0x62])),
    ("caution", Color([0xae, 0x31, 0x28]), Color([0xf2, 0x9f, 0x95])),
];

/// The colors that boxes are washed with.
const TONES: [&str; 5] = ["note", "tip", "important", "warning", "caution"];
/// How much of a color is in its wash, light and dark.
const WASH: [f64; 2] = [0.08, 0.14];

/// A color of a screen: red, green, blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Color([u8; 3]);

/// An accent color that can be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accent(Color);

impl Default for Accent {
    fn default() -> Self {
        Self(Color([0x0f, 0x6b, 0x5c]))
    }
}

impl FromStr for Accent {
    type Err = ();

    /// `#0f6b5c` or `#0a5`; nothing that disappears on white.
    fn from_str(text: &str) -> Result<Self, ()> {
        let digits = text.strip_prefix('#').ok_or(())?.as_bytes();
        let digit = |at: usize| char::from(digits[at]).to_digit(16).ok_or(());
        let parts = match digits.len() {
            3 => [digit(0)? * 17, digit(1)? * 17, digit(2)? * 17],
            6 => [digit(0)? * 16 + digit(1)?, digit(2)? * 16 + digit(3)?, digit(4)? * 16 + digit(5)?],
            _ => return Err(()),
        };
        let color = Color(parts.map(|part| u8::try_from(part).expect("two digits are a byte")));
        if contrast(color, WHITE) < VISIBLE { Err(()) } else { Ok(Self(color)) }
    }
}

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Light,
    Dark,
}

/// The colors of the widget: the name in its sheet, what an embedding page calls it, ours.
const WIDGET: [(&str, &str, &str); 11] = [
    ("accent", "accent", "accent"),
    ("accent-fill", "accent", "accent-fill"),
    ("accent-ink", "accent-ink", "accent-ink"),
    ("accent-wash", "wash", "accent-wash"),
    ("raised", "paper", "raised"),
    ("ink", "ink", "ink"),
    ("soft", "soft", "soft"),
    ("line", "line", "line"),
    ("line-strong", "line-strong", "line-strong"),
    ("mark", "mark", "mark"),
    ("mark-ink", "mark-ink", "mark-ink"),
];

/// The colors of a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    name: String,
    css: String,
    widget: String,
}

impl Theme {
    /// The colors that go with an accent color.
    #[must_use]
    pub fn new(accent: Accent) -> Self {
        let light = properties(accent, Scheme::Light);
        let dark = properties(accent, Scheme::Dark);
        let mut css = String::new();
        // A reader's own choice of light or dark is an attribute that a script sets. Paper is
        // always light.
        let _ = writeln!(
            css,
            ":root{{color-scheme:light;{light}}}\
             @media screen and (prefers-color-scheme:dark){{\
             :root:not([data-theme=light]){{color-scheme:dark;{dark}}}}}\
             @media screen{{:root[data-theme=dark]{{color-scheme:dark;{dark}}}}}"
        );
        let hash = text::hex(&Sha256::digest(&css));
        let [light, dark] = [Scheme::Light, Scheme::Dark].map(|scheme| widget_properties(accent, scheme));
        let widget = format!(
            ":host{{color-scheme:light;{light}}}:host([theme=dark]){{color-scheme:dark;{dark}}}\
             @media (prefers-color-scheme:dark){{:host(:not([theme=light])){{color-scheme:dark;{dark}}}}}"
        );
        Self { name: format!("theme.{}.css", text::upto(&hash, 12)), css, widget }
    }

    /// `theme.<hash>.css`, another one for other colors.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The sheet of custom properties.
    #[must_use]
    pub fn css(&self) -> &str {
        &self.css
    }

    /// The widget's sheet of custom properties; each can be set from outside as `--jieda-…`.
    #[must_use]
    pub fn widget_css(&self) -> &str {
        &self.widget
    }

    /// What browsers paint around the page, light and dark.
    #[must_use]
    pub fn paper() -> [String; 2] {
        [Scheme::Light, Scheme::Dark].map(|scheme| named("paper", scheme).hex())
    }
}

fn properties(accent: Accent, scheme: Scheme) -> String {
    let mut css = String::new();
    for (name, color) in colors(accent, scheme) {
        let _ = write!(css, "--{name}:{};", color.hex());
    }
    css
}

fn widget_properties(accent: Accent, scheme: Scheme) -> String {
    let colors = colors(accent, scheme);
    let mut css = String::new();
    for (name, outside, ours) in WIDGET {
        let (_, color) = colors.iter().find(|(known, _)| known == ours).expect("only names of the theme");
        let _ = write!(css, "--{name}:var(--jieda-{outside},{});", color.hex());
    }
    css
}

/// All colors by name.
fn colors(Accent(accent): Accent, scheme: Scheme) -> Vec<(String, Color)> {
    let mut colors: Vec<(String, Color)> =
        PALETTE.iter().map(|(name, ..)| ((*name).to_owned(), named(name, scheme))).collect();
    let text = readable(accent, scheme);
    // On a dark page the lighter color fills, too: a dark fill would be a hole in it.
    let fill = if scheme == Scheme::Light { accent } else { text };
    let ink = [WHITE, BLACK].into_iter().max_by(|a, b| contrast(*a, fill).total_cmp(&contrast(*b, fill)));
    let ink = ink.expect("there are two");
    colors.push(("accent".to_owned(), text));
    colors.push(("accent-fill".to_owned(), fill));
    colors.push(("accent-ink".to_owned(), ink));
    colors.push(("accent-wash".to_owned(), wash(text, scheme)));
    // Away from the ink on it, which stays readable.
    let hover = if ink == WHITE { fill.mix(BLACK, 0.12) } else { fill.mix(WHITE, 0.18) };
    colors.push(("accent-hover".to_owned(), hover));
    colors.push(("raised".to_owned(), raised(scheme)));
    colors.extend(TONES.map(|tone| (format!("{tone}-wash"), wash(named(tone, scheme), scheme))));
    colors
}

fn named(name: &str, scheme: Scheme) -> Color {
    let (_, light, dark) =
        PALETTE.iter().find(|(known, ..)| *known == name).expect("only names of the palette");
    if scheme == Scheme::Light { *light } else { *dark }
}

/// What lies above the page: menus, popups, the widget's panel.
fn raised(scheme: Scheme) -> Color {
    if scheme == Scheme::Light { WHITE } else { named("sheet", scheme).mix(WHITE, 0.04) }
}

fn wash(color: Color, scheme: Scheme) -> Color {
    named("sheet", scheme).mix(color, WASH[scheme as usize])
}

/// The accent color as text: darker or lighter in steps of lightness, of the same hue, until
/// it can be read on everything it stands on.
fn readable(accent: Color, scheme: Scheme) -> Color {
    let (mut lightness, a, b) = accent.to_oklab();
    let mut color = accent;
    let is_readable = |color: Color| {
        let pages = [named("paper", scheme), named("sheet", scheme), named("wash", scheme), raised(scheme)];
        let mut pages = pages.into_iter().chain([wash(color, scheme)]);
        // Links stand in notices, too.
        let mut notices = TONES.iter().map(|tone| wash(named(tone, scheme), scheme));
        pages.all(|behind| contrast(color, behind) >= ACCENT[scheme as usize])
            && notices.all(|behind| contrast(color, behind) >= TEXT)
    };
    while !is_readable(color) && (0.0..=1.0).contains(&lightness) {
        lightness += if scheme == Scheme::Light { -0.01 } else { 0.01 };
        color = Color::from_oklab(lightness, a, b);
    }
    color
}

/// The contrast of two colors, 1 to 21 (WCAG 2.2, "contrast ratio").
fn contrast(a: Color, b: Color) -> f64 {
    let (a, b) = (a.luminance(), b.luminance());
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

impl Color {
    fn hex(self) -> String {
        let Self([red, green, blue]) = self;
        format!("#{red:02x}{green:02x}{blue:02x}")
    }

    /// `share` of `other`, the rest of `self`.
    fn mix(self, other: Self, share: f64) -> Self {
        let part = |at: usize| byte(f64::from(self.0[at]) * (1.0 - share) + f64::from(other.0[at]) * share);
        Self([part(0), part(1), part(2)])
    }

    /// Linear light (IEC 61966-2-1).
    fn linear(self) -> [f64; 3] {
        self.0.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        })
    }

    fn luminance(self) -> f64 {
        let [red, green, blue] = self.linear();
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// Lightness and two axes of hue in Oklab (Ottosson 2020).
    fn to_oklab(self) -> (f64, f64, f64) {
        let [red, green, blue] = self.linear();
        let long = (0.412_221_47 * red + 0.536_332_54 * green + 0.051_445_99 * blue).cbrt();
        let medium = (0.211_903_5 * red + 0.680_699_55 * green + 0.107_396_96 * blue).cbrt();
        let short = (0.088_302_46 * red + 0.281_718_84 * green + 0.629_978_7 * blue).cbrt();
        (
            0.210_454_26 * long + 0.793_617_79 * medium - 0.004_072_05 * short,
            1.977_998_5 * long - 2.428_592_21 * medium + 0.450_593_71 * short,
            0.025_904_04 * long + 0.782_771_77 * medium - 0.808_675_77 * short,
        )
    }

    /// What a screen cannot show is cut to what it can.
    fn from_oklab(lightness: f64, a: f64, b: f64) -> Self {
        let long = (lightness + 0.396_337_78 * a + 0.215_803_76 * b).powi(3);
        let medium = (lightness - 0.105_561_35 * a - 0.063_854_17 * b).powi(3);
        let short = (lightness - 0.089_484_18 * a - 1.291_485_55 * b).powi(3);
        let linear = [
            4.076_741_66 * long - 3.307_711_59 * medium + 0.230_969_93 * short,
            -1.268_438 * long + 2.609_757_4 * medium - 0.341_319_4 * short,
            -0.004_196_09 * long - 0.703_418_61 * medium + 1.707_614_7 * short,
        ];
        Self(linear.map(|part| {
            let part = part.clamp(0.0, 1.0);
            let part = if part <= 0.003_130_8 { part * 12.92 } else { 1.055 * part.powf(1.0 / 2.4) - 0.055 };
            byte(part * 255.0)
        }))
    }
}

fn byte(value: f64) -> u8 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a byte")]
    let byte = value.round().clamp(0.0, 255.0) as u8;
    byte
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCENTS: [&str; 13] = [
        "#f0b90b", "#0f6b5c", "#000000", "#ffcc00", "#ff0000", "#00c853", "#1a73e8", "#e91e63", "#777777",
        "#0000ff", "#8bc34a", "#03a9f4", "#d0d0d0",
    ];

    #[test]
    fn all_text_can_be_read_whatever_the_accent() {
        let pairs = [
            ("ink", "paper"),
            ("ink", "sheet"),
            ("ink", "wash"),
            ("ink", "code"),
            ("ink", "raised"),
            ("ink", "accent-wash"),
            ("ink", "selection"),
            ("soft", "paper"),
            ("soft", "sheet"),
            ("soft", "wash"),
            ("soft", "raised"),
            ("soft", "accent-wash"),
            ("accent", "paper"),
            ("accent", "sheet"),
            ("accent", "wash"),
            ("accent", "raised"),
            ("accent", "accent-wash"),
            ("accent", "note-wash"),
            ("accent", "tip-wash"),
            ("accent", "important-wash"),
            ("accent", "warning-wash"),
            ("accent", "caution-wash"),
            ("accent-ink", "accent-fill"),
            ("accent-ink", "accent-hover"),
            ("mark-ink", "mark"),
            ("note", "note-wash"),
            ("tip", "tip-wash"),
            ("important", "important-wash"),
            ("warning", "warning-wash"),
            ("caution", "caution-wash"),
            ("ink", "caution-wash"),
            ("caution", "paper"),
        ];
        for accent in ACCENTS {
            for scheme in [Scheme::Light, Scheme::Dark] {
                let colors = colors(accent.parse().unwrap(), scheme);
                let find = |name: &str| colors.iter().find(|(known, _)| known == name).unwrap().1;
                for (text, behind) in pairs {
                    let contrast = contrast(find(text), find(behind));
                    assert!(contrast >= TEXT, "{accent} {scheme:?}: {text} on {behind} has {contrast:.2}");
                }
                // Edges of fields (WCAG 2.2, 1.4.11).
                assert!(contrast(find("line-strong"), find("sheet")) >= 3.0, "{scheme:?}");
            }
        }
    }

    #[test]
    fn a_fill_is_the_color_of_the_brand() {
        let css = Theme::new("#FFCC00".parse().unwrap()).css().to_owned();
        assert!(css.contains("--accent-fill:#ffcc00;--accent-ink:#000000;"), "{css}");
        assert!(
            Theme::new("#03a".parse().unwrap()).css().contains("--accent:#0033aa;--accent-fill:#0033aa;")
        );
    }

    #[test]
    fn paper_is_always_light() {
        let css = Theme::new(Accent::default()).css().to_owned();
        let (light, dark) = css.split_once("@media").unwrap();
        assert!(light.contains("--paper:#ffffff;") && !light.contains("--paper:#141616;"));
        for part in dark.split("@media") {
            assert!(part.starts_with(" screen") && part.contains("--paper:#141616;"), "{part}");
        }
    }

    #[test]
    fn what_is_no_color_or_cannot_be_seen_is_refused() {
        for text in
            ["", "#", "red", "#12", "#12345", "#1234567", "#ggg", "0f6b5c", "#fff", "#ffff00", "#提示"]
        {
            assert!(text.parse::<Accent>().is_err(), "{text}");
        }
    }

    #[test]
    fn oklab_leads_back() {
        for accent in ACCENTS {
            let Accent(color) = accent.parse().unwrap();
            let (lightness, a, b) = color.to_oklab();
            assert_eq!(Color::from_oklab(lightness, a, b), color);
        }
    }
}

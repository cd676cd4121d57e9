//! Lines over two logarithmic axes, as SVG.

use std::fmt::Write as _;

/// A line: its name, and its points as (x, y).
pub(crate) struct Line {
    pub(crate) name: &'static str,
    pub(crate) points: Vec<(f64, f64)>,
}

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 440.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 210.0;
const TOP: f64 = 24.0;
const BOTTOM: f64 = 52.0;
/// Told apart by people who see colors otherwise, too (Okabe and Ito, 2008), on white and on
/// dark gray.
const COLORS: [&str; 8] =
    ["#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#8b7d00", "#7f7f7f"];
const STYLE: &str = "text{font:13px system-ui,sans-serif;fill:#24292f}.page{fill:#fff}.grid{stroke:#d0d7de}\
                     @media(prefers-color-scheme:dark){text{fill:#e6edf3}.page{fill:#0d1117}.grid{stroke:#30363d}}";

/// An axis: its powers of ten, and where it runs.
struct Axis {
    first: i32,
    last: i32,
    from: f64,
    to: f64,
}

impl Axis {
    fn over(values: impl Iterator<Item = f64> + Clone, from: f64, to: f64) -> Self {
        let least = values.clone().fold(f64::INFINITY, f64::min).log10().floor();
        let most = values.fold(0.0, f64::max).log10().ceil();
        #[expect(clippy::cast_possible_truncation, reason = "powers of ten of what a bench measures")]
        let (first, last) = (least as i32, most as i32);
        Self { first, last: last.max(first + 1), from, to }
    }

    fn place(&self, value: f64) -> f64 {
        let share = (value.log10() - f64::from(self.first)) / f64::from(self.last - self.first);
        self.from + share * (self.to - self.from)
    }

    fn ticks(&self) -> impl Iterator<Item = (f64, f64)> {
        (self.first..=self.last).map(|power| (10f64.powi(power), self.place(10f64.powi(power))))
    }
}

/// The drawing of lines; `x` and `y` say what the axes count.
pub(crate) fn svg(lines: &[Line], x: &str, y: &str) -> String {
    let points = || lines.iter().flat_map(|line| line.points.iter());
    let across = Axis::over(points().map(|point| point.0), LEFT, WIDTH - RIGHT);
    let up = Axis::over(points().map(|point| point.1), HEIGHT - BOTTOM, TOP);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\">\
         <title>{y} by {x}</title><style>{STYLE}</style><rect class=\"page\" width=\"100%\" height=\"100%\"/>\n"
    );
    for (value, at) in across.ticks() {
        line(&mut out, (at, up.from), (at, up.to));
        text(&mut out, (at, up.from + 20.0), "middle", &short(value));
    }
    for (value, at) in up.ticks() {
        line(&mut out, (across.from, at), (across.to, at));
        text(&mut out, (across.from - 8.0, at + 4.0), "end", &short(value));
    }
    let middle = f64::midpoint(across.from, across.to);
    text(&mut out, (middle, HEIGHT - 10.0), "middle", x);
    text(&mut out, (8.0, 14.0), "start", y);
    for (number, (drawn, color)) in lines.iter().zip(COLORS.iter().cycle()).enumerate() {
        let path: Vec<String> = drawn
            .points
            .iter()
            .map(|(x, y)| format!("{:.1},{:.1}", across.place(*x), up.place(*y)))
            .collect();
        let _ = writeln!(
            out,
            "<polyline fill=\"none\" stroke=\"{color}\" stroke-width=\"2.5\" points=\"{}\"/>",
            path.join(" ")
        );
        #[expect(clippy::cast_precision_loss, reason = "a handful of lines")]
        let row = TOP + 14.0 + 24.0 * number as f64;
        let from = across.to + 16.0;
        let _ = writeln!(
            out,
            "<rect x=\"{from}\" y=\"{:.0}\" width=\"18\" height=\"4\" fill=\"{color}\"/>",
            row - 6.0
        );
        text(&mut out, (from + 26.0, row), "start", drawn.name);
    }
    out.push_str("</svg>\n");
    out
}

fn line(out: &mut String, from: (f64, f64), to: (f64, f64)) {
    let _ = writeln!(
        out,
        "<line class=\"grid\" x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\"/>",
        from.0, from.1, to.0, to.1
    );
}

fn text(out: &mut String, at: (f64, f64), anchor: &str, text: &str) {
    let _ = writeln!(out, "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{text}</text>", at.0, at.1);
}

/// A power of ten as people write it.
fn short(value: f64) -> String {
    match value {
        value if value >= 1e6 => format!("{:.0}M", value / 1e6),
        value if value >= 1e3 => format!("{:.0}k", value / 1e3),
        value => format!("{value:.0}"),
    }
}

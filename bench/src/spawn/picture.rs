//! Timelines as a picture: one bar for each way on a common scale, then each way with its phases on a scale of its own.

use std::fmt::Write as _;

use super::timeline::Timeline;

const WIDTH: f64 = 860.0;
const MARGIN: f64 = 20.0;
const BAR: f64 = 22.0;
const LINE: f64 = 17.0;
/// Colours that people who see few of them can tell apart, each next to another one.
const COLOURS: [&str; 8] =
    ["#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#bbbbbb", "#ee8866"];

/// Draws timelines as SVG.
pub(crate) fn draw(timelines: &[Timeline]) -> String {
    let mut body = String::new();
    let mut y = 30.0;
    text(&mut body, MARGIN, y, "bold", "From the order to the first log record");
    y += 14.0;
    let longest = timelines.iter().map(Timeline::total).fold(1.0, f64::max);
    let full = WIDTH - 2.0 * MARGIN - 190.0;
    for timeline in timelines {
        let length = (timeline.total() / longest * full).max(2.0);
        text(&mut body, MARGIN, y + 15.0, "plain", &timeline.way);
        rectangle(&mut body, MARGIN + 70.0, y, length, COLOURS[0], "");
        text(
            &mut body,
            MARGIN + 78.0 + length,
            y + 15.0,
            "plain",
            &format!("{} ms", short(timeline.total())),
        );
        y += BAR + 8.0;
    }
    for timeline in timelines {
        y += 26.0;
        let title = format!("{}: {} ms, phase by phase", timeline.way, short(timeline.total()));
        text(&mut body, MARGIN, y, "bold", &title);
        y += 10.0;
        y = lane(&mut body, timeline, y);
    }
    let height = y + MARGIN;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height:.0}\" viewBox=\"0 0 {WIDTH} {height:.0}\" \
         font-family=\"sans-serif\" font-size=\"13\" role=\"img\" aria-label=\"How long each phase of a spawn takes\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n{body}</svg>\n"
    )
}

/// One way: its bar, and under it what ended each piece. Gives where it ends.
fn lane(body: &mut String, timeline: &Timeline, y: f64) -> f64 {
    let (total, full) = (timeline.total().max(0.001), WIDTH - 2.0 * MARGIN);
    let mut begin = 0.0;
    let columns = 3;
    let rows = timeline.moments.len().div_ceil(columns);
    for (number, moment) in timeline.moments.iter().enumerate() {
        let colour = COLOURS[number % COLOURS.len()];
        let (from, length) = (begin / total * full, (moment.at - begin) / total * full);
        let title =
            format!("{}: {} ms, after {} ms", moment.name, short(moment.at), short(moment.at - begin));
        rectangle(body, MARGIN + from, y, length.max(0.5), colour, &title);
        let (column, row) = (number / rows, number % rows);
        let (x, line) = (MARGIN + column as f64 * full / columns as f64, y + BAR + (row + 1) as f64 * LINE);
        let _ = writeln!(
            body,
            "<rect x=\"{x:.1}\" y=\"{:.1}\" width=\"10\" height=\"10\" fill=\"{colour}\"/>",
            line - 9.0
        );
        text(
            body,
            x + 15.0,
            line,
            "plain",
            &format!("{} {} (+{})", short(moment.at), moment.name, short(moment.at - begin)),
        );
        begin = moment.at;
    }
    y + BAR + rows as f64 * LINE + 6.0
}

fn rectangle(body: &mut String, x: f64, y: f64, width: f64, colour: &str, title: &str) {
    let _ = writeln!(
        body,
        "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{BAR}\" fill=\"{colour}\"><title>{}</title></rect>",
        escape(title)
    );
}

fn text(body: &mut String, x: f64, y: f64, weight: &str, words: &str) {
    let weight = if weight == "bold" { " font-weight=\"bold\"" } else { "" };
    let _ =
        writeln!(body, "<text x=\"{x:.1}\" y=\"{y:.1}\"{weight} fill=\"#222222\">{}</text>", escape(words));
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Milliseconds with as many digits as mean something.
fn short(millis: f64) -> String {
    if millis >= 100.0 { format!("{millis:.0}") } else { format!("{millis:.1}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_names_every_phase_and_escapes_what_it_is_given() {
        let moments = vec![("greeted <qemu>".to_owned(), 1_500)];
        let end = ("first record".to_owned(), 9_000);
        let picture = draw(&[Timeline::new("pool", 1_000, moments, end)]);
        assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>\n"));
        assert!(
            picture.contains("greeted &lt;qemu&gt;") && picture.contains("8.0 first record (+7.5)"),
            "{picture}"
        );
        assert_eq!(picture.matches("<text").count(), picture.matches("</text>").count());
    }
}

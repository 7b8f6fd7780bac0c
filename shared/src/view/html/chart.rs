//! The chart of days as SVG, with the table behind it.

use maud::{Markup, html};

use crate::view::chart::Chart;
use crate::view::words;

/// How wide a day is, and how high the drawing, in its own units.
const DAY: i64 = 40;
const HIGH: i64 = 140;

/// The chart, its title being the finding.
pub(super) fn chart(chart: &Chart) -> Markup {
    let wide = DAY * i64::try_from(chart.days.len()).unwrap_or(1);
    let height = |n: i64| (n * (HIGH - 16) / chart.top).max(i64::from(n > 0) * 2);
    html! {
        figure.chart {
            figcaption {
                h2 #chart-title { (chart.finding) }
                p.legend { span.key.made {} "made" span.key.decided {} "decided" @if !chart.is_blank() { span.most { "most in a day: " (words::number(chart.top)) } } }
            }
            @if chart.is_blank() {
                p { "Once moves are made and decided, each day stands here." }
            } @else {
                svg viewBox={ "0 0 " (wide) " " (HIGH) } role="img" aria-labelledby="chart-title" {
                    line x1="0" x2=(wide) y1=(HIGH - 1) y2=(HIGH - 1) {}
                    @for (at, day) in (0_i64..).zip(&chart.days) {
                        g {
                            title { (day.label) ": " (day.made) " made, " (day.decided) " decided" }
                            rect.made x=(at * DAY + 6) y=(HIGH - 1 - height(day.made)) width="13" height=(height(day.made)) rx="2" {}
                            rect.decided x=(at * DAY + 21) y=(HIGH - 1 - height(day.decided)) width="13" height=(height(day.decided)) rx="2" {}
                        }
                    }
                }
                p.axis aria-hidden="true" {
                    @for day in chart.days.first().into_iter().chain(chart.days.last()) { span { (day.label) } }
                }
                details {
                    summary { "The figures" }
                    div.scroll tabindex="0" role="region" aria-label="Moves per day" {
                        table {
                            thead { tr { th scope="col" { "Day" } th.num scope="col" { "Made" } th.num scope="col" { "Decided" } } }
                            tbody {
                                @for day in chart.days.iter().rev() {
                                    tr { th scope="row" { (day.label) } td.num { (day.made) } td.num { (day.decided) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

//! Lines of figures, each beside what it is measured against.

use std::time::{Duration, Instant};

/// The middle one of these times.
pub fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// How long something takes, the middle of so many times.
pub async fn often<F: AsyncFnMut()>(times: usize, mut what: F) -> Duration {
    let mut taken = Vec::with_capacity(times);
    for _ in 0..times {
        let begun = Instant::now();
        what().await;
        taken.push(begun.elapsed());
    }
    median(taken)
}

/// A heading of three columns: what, how much, how much at most or at least.
pub fn heading(what: &str, columns: [&str; 3]) {
    println!("\n{what:<58}{:>14}{:>14}{:>14}", columns[0], columns[1], columns[2]);
}

/// One figure, its reference and what is wanted.
pub fn line(what: &str, figure: &str, reference: &str, wanted: &str) {
    println!("{what:<58}{figure:>14}{reference:>14}{wanted:>14}");
}

/// Milliseconds.
pub fn ms(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}

/// Microseconds.
pub fn us(time: Duration) -> String {
    format!("{:.0} µs", time.as_secs_f64() * 1e6)
}

/// So many a second.
pub fn rate(number: f64) -> String {
    format!("{number:.0}/s")
}

/// Megabytes.
pub fn mb(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

//! What reading markup costs, over sizes: time of the processor, and memory at the peak. Each line is
//! a process of its own, so that none sees what another left. Growth is to be linear, or to end at a
//! bound. Needs Linux, which tells both.
//!
//! `cargo bench -p recto-reader --bench markup [-- PART OF A NAME]`

#![expect(clippy::print_stdout, reason = "a benchmark prints")]

use std::process::{Command, ExitCode};

use recto_reader::markup::{Bounds, parse, plain};
use recto_reader::rich::normalise;

#[path = "../tests/inputs/markup.rs"]
mod inputs;

const SIZES: [usize; 5] = [10_000, 100_000, 190_000, 1_000_000, 4_000_000];

/// What is measured: its name, and what it says of a text.
type Reader = (&'static str, fn(&str) -> String);

const READERS: [Reader; 3] = [
    ("page", |text| said(parse(text, &Bounds::PAGE))),
    ("rich", |text| said(normalise(text))),
    ("plain", |text| plain(text).len().to_string()),
];

fn said<T, E: std::fmt::Display>(result: Result<T, E>) -> String {
    result.map_or_else(|error| error.to_string(), |_| "read".to_owned())
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|one| one != "--bench").collect();
    match arguments.as_slice() {
        [reader, name, size] => match size.parse() {
            Ok(size) => measure(reader, name, size),
            Err(_) => return ExitCode::FAILURE,
        },
        wanted => {
            println!("{:28} {:6} {:>8} {:>8} {:>7}", "text", "reader", "bytes", "ms", "MB");
            for (name, _) in inputs::HOSTILE {
                if wanted.iter().all(|part| name.contains(part.as_str())) && !all(name) {
                    return ExitCode::FAILURE;
                }
            }
        }
    }
    ExitCode::SUCCESS
}

/// One text at all sizes, each in a process of its own; false if one did not end well.
fn all(name: &str) -> bool {
    let Ok(program) = std::env::current_exe() else { return false };
    READERS.iter().all(|(reader, _)| {
        SIZES.iter().all(|size| {
            let run = Command::new(&program).args([reader, name, size.to_string().as_str()]).status();
            run.is_ok_and(|status| status.success())
        })
    })
}

fn measure(reader: &str, name: &str, size: usize) {
    let make = inputs::HOSTILE.iter().find(|(known, _)| *known == name).map(|(_, make)| make);
    let read = READERS.iter().find(|(known, _)| *known == reader).map(|(_, read)| read);
    let (Some(make), Some(read)) = (make, read) else { return };
    let text = make(size);
    // The most that the process held is counted from here on (Linux, proc(5)).
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    let before = kilobytes("VmRSS:");
    let start = nanoseconds();
    // The system counts in ticks; short texts are read often.
    let times = (4_000_000 / size.max(1)).max(1);
    let mut said = String::new();
    for _ in 0..times {
        said = read(&text);
    }
    let time = nanoseconds().saturating_sub(start) as f64 / 1_000_000.0 / times as f64;
    let most = kilobytes("VmHWM:").saturating_sub(before) as f64 / 1024.0;
    println!("{name:28} {reader:6} {:8} {time:8.1} {most:7.1}  {said}", text.len());
}

fn kilobytes(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or_default()
}

/// The time that the processor has spent on this process (proc(5), schedstat): what else the machine
/// does is not in it.
fn nanoseconds() -> u64 {
    let told = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    told.split(' ').next().and_then(|time| time.parse().ok()).unwrap_or_default()
}

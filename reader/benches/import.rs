//! What reading bibliographies and tables costs, over sizes: time of the processor, and memory at the
//! peak. Each line is a process of its own, so that none sees what another left. Growth is to be linear,
//! or to end at a bound. Needs Linux, which tells both.
//!
//! `cargo bench -p recto-reader --bench import [-- PART OF A NAME]`

#![expect(clippy::print_stdout, reason = "a benchmark prints")]

use std::process::{Command, ExitCode};

use recto_reader::import::{Format, Known, Source, read};

#[path = "../tests/inputs/import.rs"]
mod inputs;

const SIZES: [usize; 4] = [10_000, 100_000, 1_000_000, 4_000_000];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|one| one != "--bench").collect();
    match arguments.as_slice() {
        [name, size] => match size.parse() {
            Ok(size) => measure(name, size),
            Err(_) => return ExitCode::FAILURE,
        },
        wanted => {
            println!("{:30} {:>8} {:>8} {:>7}", "text", "bytes", "ms", "MB");
            for (name, ..) in inputs::HOSTILE {
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
    SIZES.iter().all(|size| {
        let run = Command::new(&program).args([name, size.to_string().as_str()]).status();
        run.is_ok_and(|status| status.success())
    })
}

fn measure(name: &str, size: usize) {
    let Some((_, format, make)) = inputs::HOSTILE.iter().find(|(known, ..)| *known == name) else { return };
    let text = make(size);
    // The most that the process held is counted from here on (Linux, proc(5)).
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    let before = kilobytes("VmRSS:");
    let start = nanoseconds();
    let known = Known { own: &[], is_heading: &|_| false };
    let table = read(Source::Clipboard { html: "", text: &text }, Format::by_name(format), known);
    let time = nanoseconds().saturating_sub(start) as f64 / 1_000_000.0;
    let most = kilobytes("VmHWM:").saturating_sub(before) as f64 / 1024.0;
    let said = match table {
        Ok(table) => {
            let told = table.skipped.first().map(|one| format!("{}: {}", one.place, one.why));
            format!("{} rows. {}", table.rows.len(), told.unwrap_or_default())
        }
        Err(why) => why,
    };
    let said: String = said.chars().take(80).collect();
    println!("{name:30} {:8} {time:8.1} {most:7.1}  {said}", text.len());
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

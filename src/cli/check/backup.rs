//! How old the last backup is. It must not look at the backup itself: that is what verifying is for.

use chrono::{DateTime, Utc};

use super::Said;
use crate::app::{Note, Verified};
use crate::cli::explain;
use crate::config::Config;

/// How times are told.
const TIME: &str = "%Y-%m-%d %H:%M UTC";

/// What `recto backup` has left in the data directory.
pub(super) fn last(config: &Config, identity: &str, now: DateTime<Utc>, said: &mut Said) {
    let days = i64::from(config.backup_warn_days.0);
    match Note::read(config.data_dir.path()) {
        Ok(Some(note)) if note.identity == identity => judge(&note, days, now, said),
        // Whoever backs up by other means has said so.
        _ if days == 0 => {}
        Ok(Some(note)) => said.findings.push(format!(
            "The last backup that was made from here, {}, is of another database. {}",
            note.directory.display(),
            make_one()
        )),
        Ok(None) => said.findings.push(format!("No backup has been made from here. {}", make_one())),
        Err(error) => said.findings.push(format!(
            "When the last backup was made cannot be told: {}. The next ‘recto backup’ writes that anew.",
            explain(&error)
        )),
    }
}

fn make_one() -> &'static str {
    "Run ‘recto backup DIRECTORY’ each night, and keep what it makes on another machine; where you back up by other \
     means, set backup_warn_days = 0."
}

fn judge(note: &Note, days: i64, now: DateTime<Utc>, said: &mut Said) {
    let (made, shown) = (note.made_at.format(TIME), note.directory.display());
    if let Some(Verified { at, is_whole: false }) = note.verified {
        said.findings.push(format!(
            "The last backup, {shown} of {made}, cannot be put back: ‘recto backup --verify’ found that on {}. Make \
             another one, and look at the disk that it lies on.",
            at.format(TIME)
        ));
        return;
    }
    let age = note.age(now);
    if days > 0 && age.num_seconds() > days * 86_400 {
        said.findings.push(format!(
            "The last backup, {shown}, is {} days old ({made}). See why ‘recto backup’ has not been run since, or has \
             failed.",
            age.num_days()
        ));
        return;
    }
    let verified = match note.verified {
        Some(Verified { at, .. }) => format!("verified on {}", at.format(TIME)),
        None => "not verified yet; ‘recto backup --verify’ does".to_owned(),
    };
    said.notes.push(format!("The last backup was made on {made} in {shown} ({verified})."));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_is_judged_by_its_age_and_by_whether_it_is_whole() {
        let made_at = DateTime::from_timestamp(1_764_000_000, 0).unwrap();
        let verified = |is_whole| Some(Verified { at: made_at, is_whole });
        let of = |verified| Note { identity: "a".into(), made_at, directory: "/backup/one".into(), verified };
        for (note, days, seconds, finding, told) in [
            (of(None), 2, 0, None, "not verified yet"),
            (of(None), 2, 2 * 86_400, None, "not verified yet"),
            (of(None), 2, 2 * 86_400 + 1, Some("is 2 days old (2025-11-24 16:00 UTC)"), ""),
            (of(None), 0, 900 * 86_400, None, "not verified yet"),
            (of(verified(true)), 2, 60, None, "verified on 2025-11-24 16:00 UTC"),
            (of(verified(true)), 2, 3 * 86_400, Some("is 3 days old"), ""),
            (of(verified(false)), 2, 60, Some("cannot be put back"), ""),
            (of(verified(false)), 0, 60, Some("cannot be put back"), ""),
        ] {
            let mut said = Said::default();
            judge(&note, days, made_at + chrono::TimeDelta::seconds(seconds), &mut said);
            assert_eq!(said.findings.len(), usize::from(finding.is_some()), "{seconds}: {:?}", said.findings);
            assert_eq!(said.notes.len(), usize::from(finding.is_none()));
            let all = said.findings.iter().chain(&said.notes).next().unwrap();
            assert!(all.contains("/backup/one") && all.contains(finding.unwrap_or(told)), "{all}");
        }
    }
}

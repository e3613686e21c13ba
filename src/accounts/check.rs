//! What is typed about a person, checked. It must not ask the database anything.

use crate::content::parsed::Email;
use crate::content::{Kind, Problems, Value, text};
use crate::store::Role;

/// The most characters of a name.
const NAME_MAX: usize = 120;

/// An e-mail address as accounts keep it, wholly in lower case: nobody remembers how they wrote
/// theirs.
pub(super) fn canonical(email: &str) -> Result<String, String> {
    email.parse::<Email>().map(|email| email.to_string().to_lowercase()).map_err(|error| error.to_string())
}

/// An e-mail address, or a problem at `email`.
pub(super) fn email(typed: &str, problems: &mut Problems) -> String {
    if typed.trim().is_empty() {
        problems.add("email", "missing", "Write the e-mail address to sign in with.");
        return String::new();
    }
    canonical(typed).unwrap_or_else(|message| {
        problems.add("email", "malformed", message);
        String::new()
    })
}

/// A name of one line, or a problem at `name`.
pub(super) fn name(typed: &str, problems: &mut Problems) -> String {
    match text::parse(&Kind::Line(NAME_MAX), typed) {
        Ok(Value::Text(name)) if !name.trim().is_empty() => return name.into(),
        Ok(_) => problems.add("name", "missing", "Write the name that others see."),
        Err((message, code)) => problems.add("name", code, message),
    }
    String::new()
}

/// A role, or a problem at `role`.
pub(super) fn role(typed: &str, problems: &mut Problems) -> Role {
    Role::by_name(typed.trim()).unwrap_or_else(|| {
        let known: Vec<&str> = Role::ALL.iter().map(|role| role.label()).collect();
        problems.add("role", "not_a_choice", format!("Choose one of: {}.", known.join(", ")));
        Role::Viewer
    })
}
